import Riposte
import RiposteTesting
import Synchronization

/// A server that takes webhook messages as Discord does, and refuses what Discord refuses in the same words.
final class DiscordStandIn: Sendable {
    static let path = "/api/webhooks/123456789012345678/hunter2hunter2hunter2"

    private let server: LocalHTTPServer

    /// - Parameter answers: what to answer first, whatever comes.
    init(_ answers: LocalHTTPServer.Response...) throws {
        let first = Mutex(answers)
        server = try LocalHTTPServer { request in first.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? Self.answer(request) }
    }

    var webhook: String { server.url + Self.path }
    var origin: String { server.url }
    var requests: [LocalHTTPServer.Request] { server.requests }
    var messages: [JSONValue] { server.requests.compactMap(\.json) }

    private static func answer(_ request: LocalHTTPServer.Request) -> LocalHTTPServer.Response {
        guard request.path == path else { return .json(["message": "Unknown Webhook", "code": 10015], status: 404) }
        guard request.method == "POST" else { return .json(["message": "405: Method Not Allowed", "code": 0], status: 405) }
        guard request["content-type"]?.hasPrefix("application/json") == true, let message = request.json else {
            return .json(["message": "The request body contains invalid JSON.", "code": 50109], status: 400)
        }
        let embeds = message["embeds"]?.array ?? []
        guard message["content"] != nil || !embeds.isEmpty else {
            return .json(["message": "Cannot send an empty message", "code": 50006], status: 400)
        }
        guard embeds.count <= 10, embeds.allSatisfy(isEmbed), embeds.reduce(0, { $0 + size($1) }) <= 6000 else {
            return .json(["message": "Invalid Form Body", "code": 50035], status: 400)
        }
        return request.target.contains("wait=true") ? .json(["id": "1"]) : LocalHTTPServer.Response(204)
    }

    private static func isEmbed(_ embed: JSONValue) -> Bool {
        let fields = embed["fields"]?.array ?? []
        return holds(embed["title"], 1...256) && (embed["description"] == nil || holds(embed["description"], 1...4096))
            && fields.count <= 25
            && fields.allSatisfy { holds($0["name"], 1...256) && holds($0["value"], 1...1024) } && holds(embed["footer"]?["text"], 1...2048)
            && Timestamp(rfc3339: embed["timestamp"]?.string ?? "") != nil && (0...0xFF_FFFF).contains(embed["color"]?.int ?? -1)
            && embed["url"]?.string?.hasPrefix("http") ?? true
    }

    private static func holds(_ text: JSONValue?, _ lengths: ClosedRange<Int>) -> Bool {
        guard let text = text?.string else { return false }
        return lengths.contains(text.utf16.count) && !text.allSatisfy(\.isWhitespace)
    }

    private static func size(_ embed: JSONValue) -> Int {
        let texts =
            [embed["title"], embed["description"], embed["footer"]?["text"]]
            + (embed["fields"]?.array ?? []).flatMap { [$0["name"], $0["value"]] }
        return texts.compactMap { $0?.string?.utf16.count }.reduce(0, +)
    }
}

/// What people see of a text with Discord's Markdown in it; `nil` where a sign of it is not escaped.
func shownByDiscord(_ text: String) -> String? {
    var shown = ""
    var isEscaped = false
    for character in text.unicodeScalars {
        if isEscaped {
            shown.unicodeScalars.append(character)
            isEscaped = false
        } else if character == "\\" {
            isEscaped = true
        } else if "*_~`|>#-+[](){}<:/@.!&".unicodeScalars.contains(character) {
            return nil
        } else {
            shown.unicodeScalars.append(character)
        }
    }
    return isEscaped ? nil : shown
}
