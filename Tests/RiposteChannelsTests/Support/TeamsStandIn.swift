import Riposte
import RiposteTesting
import Synchronization

/// A server that takes what a workflow “When a Teams webhook request is received” takes, and refuses the rest.
final class TeamsStandIn: Sendable {
    static let path = "/workflows/0123abc/triggers/manual/paths/invoke"
    static let query = "api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=hunter2hunter2hunter2"

    private let server: LocalHTTPServer

    /// - Parameter answers: what to answer first, whatever comes.
    init(_ answers: LocalHTTPServer.Response...) throws {
        let first = Mutex(answers)
        server = try LocalHTTPServer { request in first.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? Self.answer(request) }
    }

    var webhook: String { server.url + Self.path + "?" + Self.query }
    var origin: String { server.url }
    var requests: [LocalHTTPServer.Request] { server.requests }
    /// The cards that came.
    var cards: [JSONValue] { server.requests.compactMap { $0.json?.value(at: "attachments.0.content") } }

    private static func answer(_ request: LocalHTTPServer.Request) -> LocalHTTPServer.Response {
        guard request.target == path + "?" + query else {
            return refused("DirectApiAuthorizationRequired", "The signature is missing or wrong.", 401)
        }
        guard request.method == "POST", request["content-type"]?.hasPrefix("application/json") == true, let message = request.json else {
            return refused("InvalidRequestContent", "The request content is not valid and could not be deserialized.", 400)
        }
        guard request.body.count <= 28 * 1024 else { return refused("RequestEntityTooLarge", "The card is larger than 28 KB.", 413) }
        let attachments = message["attachments"]?.array ?? []
        guard message["type"] == "message", attachments.count == 1,
            attachments[0]["contentType"] == "application/vnd.microsoft.card.adaptive",
            let card = attachments[0]["content"], isCard(card)
        else { return refused("InvalidTemplate", "There is no Adaptive Card in it.", 400) }
        return LocalHTTPServer.Response(202)
    }

    private static func isCard(_ card: JSONValue) -> Bool {
        guard card["type"] == "AdaptiveCard", card["version"] == "1.4", let blocks = card["body"]?.array, !blocks.isEmpty else {
            return false
        }
        return blocks.allSatisfy { block in
            guard block["type"] == "RichTextBlock", let runs = block["inlines"]?.array, !runs.isEmpty else { return false }
            return runs.allSatisfy { $0["type"] == "TextRun" && !($0["text"]?.string ?? "").isEmpty }
        } && (card["actions"]?.array ?? []).allSatisfy { $0["type"] == "Action.OpenUrl" && $0["url"]?.string?.hasPrefix("http") == true }
    }

    private static func refused(_ code: String, _ message: String, _ status: Int) -> LocalHTTPServer.Response {
        .json(["error": ["code": .string(code), "message": .string(message)]], status: status)
    }
}
