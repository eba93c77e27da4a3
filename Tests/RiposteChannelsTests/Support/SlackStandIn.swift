import Riposte
import RiposteTesting
import Synchronization

/// A server that takes incoming webhooks as Slack does, and refuses what Slack refuses in the same words.
final class SlackStandIn: Sendable {
    static let path = "/services/T000/B000/hunter2hunter2"

    private let server: LocalHTTPServer

    /// - Parameter rateLimited: how many requests to turn away first.
    init(rateLimited: Int = 0) throws {
        let left = Counter(rateLimited)
        server = try LocalHTTPServer { request in
            guard !left.takeOne() else { return .text("rate_limited", status: 429, fields: [.init("Retry-After", "30")]) }
            return Self.answer(request)
        }
    }

    var webhook: String { server.url + Self.path }
    var messages: [JSONValue] { server.requests.compactMap(\.json) }

    private static func answer(_ request: LocalHTTPServer.Request) -> LocalHTTPServer.Response {
        guard request.method == "POST" else { return .text("invalid_http_method", status: 400) }
        guard request.path == path else { return .text("no_service", status: 404) }
        guard request["content-type"]?.hasPrefix("application/json") == true, let message = request.json, message.object != nil else {
            return .text("invalid_payload", status: 400)
        }
        guard let text = message["text"]?.string, !text.isEmpty || message["blocks"] != nil else { return .text("no_text", status: 400) }
        let blocks = message["blocks"]?.array ?? []
        return blocks.count <= 50 && blocks.allSatisfy(isBlock) ? .text("ok") : .text("invalid_blocks", status: 400)
    }

    private static func isBlock(_ block: JSONValue) -> Bool {
        switch block["type"]?.string {
        case "header": isText(block["text"], limit: 150, types: ["plain_text"])
        case "section":
            if let fields = block["fields"]?.array {
                (1...10).contains(fields.count) && fields.allSatisfy { isText($0, limit: 2000) }
            } else {
                isText(block["text"], limit: 3000)
            }
        case "context":
            (1...10).contains(block["elements"]?.array?.count ?? 0)
                && block["elements"]?.array?.allSatisfy { isText($0, limit: 3000) } == true
        default: false
        }
    }

    private static func isText(_ value: JSONValue?, limit: Int, types: [String] = ["plain_text", "mrkdwn"]) -> Bool {
        guard let text = value?["text"]?.string, let type = value?["type"]?.string else { return false }
        return types.contains(type) && (1...limit).contains(text.utf16.count)
    }
}

/// Counts down to nothing.
final class Counter: Sendable {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }

    func takeOne() -> Bool {
        left.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
    }
}
