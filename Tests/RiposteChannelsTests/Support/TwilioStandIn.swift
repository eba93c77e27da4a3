import Foundation
import Riposte
import RiposteTesting
import Synchronization

/// A server that takes text messages as Twilio does, and refuses what Twilio refuses in the same words.
final class TwilioStandIn: Sendable {
    static let account = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
    static let token = "hunter2hunter2hunter2hunter2hun"

    struct Message: Hashable {
        var to: String
        var body: String
    }

    private let server: LocalHTTPServer
    private let kept: Box
    private final class Box: Sendable {
        let messages = Mutex<[Message]>([])
        let answers: Mutex<[String: [LocalHTTPServer.Response]]>
        init(_ answers: [String: [LocalHTTPServer.Response]]) { self.answers = Mutex(answers) }
    }

    /// - Parameter answers: what to answer first for a recipient, whatever comes.
    init(_ answers: [String: [LocalHTTPServer.Response]] = [:]) throws {
        let kept = Box(answers)
        self.kept = kept
        server = try LocalHTTPServer { Self.answer($0, kept) }
    }

    var url: String { server.url }
    var requests: [LocalHTTPServer.Request] { server.requests }
    /// What was taken.
    var messages: [Message] { kept.messages.withLock { $0 } }

    private static func answer(_ request: LocalHTTPServer.Request, _ kept: Box) -> LocalHTTPServer.Response {
        guard request.target == "/2010-04-01/Accounts/\(account)/Messages.json" else {
            return refused(20404, "The requested resource was not found", 404)
        }
        let credentials = Data("\(account):\(token)".utf8).base64EncodedString()
        guard request["authorization"] == "Basic \(credentials)" else { return refused(20003, "Authenticate", 401) }
        guard request.method == "POST", request["content-type"] == "application/x-www-form-urlencoded" else {
            return refused(20001, "Unsupported content type", 415)
        }
        let form = fields(request.text)
        guard let to = form["To"] else { return refused(21604, "A 'To' phone number is required.", 400) }
        if let answer = kept.answers.withLock({ $0[to]?.isEmpty ?? true ? nil : $0[to]?.removeFirst() }) { return answer }
        guard to.hasPrefix("+"), !to.hasSuffix("0000") else { return refused(21211, "Invalid 'To' Phone Number: \(to)", 400) }
        guard form["From"] != nil || form["MessagingServiceSid"] != nil else {
            return refused(21603, "A 'From' phone number is required.", 400)
        }
        guard let body = form["Body"], (1...1600).contains(body.utf16.count) else {
            return refused(21617, "The concatenated message body exceeds the 1600 character limit", 400)
        }
        let number = kept.messages.withLock { messages in
            messages.append(Message(to: to, body: body))
            return messages.count
        }
        return .json(["sid": .string("SM\(number)"), "status": "queued", "to": .string(to)], status: 201)
    }

    private static func fields(_ text: String) -> [String: String] {
        text.split(separator: "&").reduce(into: [:]) { fields, pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
            guard parts.count == 2, !parts[1].contains("+") else { return }  // a plus would be a space
            fields[parts[0]] = parts[1].removingPercentEncoding
        }
    }

    private static func refused(_ code: Int64, _ message: String, _ status: Int) -> LocalHTTPServer.Response {
        .json(
            ["code": .int(code), "message": .string(message), "more_info": "https://twilio.example", "status": .int(Int64(status))],
            status: status)
    }
}
