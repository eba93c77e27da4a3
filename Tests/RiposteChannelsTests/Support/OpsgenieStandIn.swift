import Foundation
import Riposte
import RiposteTesting
import Synchronization

/// A server that takes what Opsgenie's Alert API v2 takes: it keeps an alert for each alias, and refuses what Opsgenie refuses in the
/// same words.
final class OpsgenieStandIn: Sendable {
    static let key = "eb243592-faa2-4ba2-a551-1afdf565c889"

    struct Alert: Hashable {
        var isOpen = true
        var isAcknowledged = false
        var priority: String
        var count = 1
        var notes = 0
    }

    private let server: LocalHTTPServer
    private let kept: Box
    private final class Box: Sendable { let alerts = Mutex<[String: Alert]>([:]) }

    /// - Parameter answers: what to answer first, whatever comes.
    init(_ answers: LocalHTTPServer.Response...) throws {
        let kept = Box()
        self.kept = kept
        let first = Mutex(answers)
        server = try LocalHTTPServer { request in first.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? Self.answer(request, kept) }
    }

    var url: String { server.url }
    var requests: [LocalHTTPServer.Request] { server.requests }
    var alerts: [String: Alert] { kept.alerts.withLock { $0 } }

    private static func answer(_ request: LocalHTTPServer.Request, _ kept: Box) -> LocalHTTPServer.Response {
        guard request["authorization"] == "GenieKey \(key)" else { return refused("Could not authenticate", 401) }
        guard request["content-type"]?.hasPrefix("application/json") == true, let body = request.json else {
            return refused("Could not parse the request body", 422)
        }
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? "" }
        guard parts.count == 2 || parts.count == 4, parts.prefix(2) == ["v2", "alerts"] else { return refused("No such path", 404) }
        return parts.count == 2 ? create(request, body, kept) : change(request, parts[2], parts[3], body, kept)
    }

    private static func create(_ request: LocalHTTPServer.Request, _ body: JSONValue, _ kept: Box) -> LocalHTTPServer.Response {
        var errors: [String: JSONValue] = [:]
        let message = body["message"]?.string ?? ""
        if message.allSatisfy(\.isWhitespace) { errors["message"] = "Message can not be empty." }
        if message.utf16.count > 130 { errors["message"] = "Message can not be longer than 130 characters." }
        if body["description"]?.string?.utf16.count ?? 0 > 15_000 { errors["description"] = "Description is too long." }
        let priority = body["priority"]?.string ?? "P3"
        if !["P1", "P2", "P3", "P4", "P5"].contains(priority) { errors["priority"] = "Priority is invalid." }
        guard let alias = body["alias"]?.string, (1...512).contains(alias.utf16.count) else {
            return unprocessable(["alias": "Alias is invalid."])
        }
        if body["details"]?.object?.values.contains(where: { $0.string == nil }) ?? false { errors["details"] = "Details are texts." }
        guard request.method == "POST", errors.isEmpty else { return unprocessable(errors) }
        kept.alerts.withLock { alerts in
            if alerts[alias]?.isOpen == true { alerts[alias]?.count += 1 } else { alerts[alias] = Alert(priority: priority) }
        }
        return accepted
    }

    private static func change(
        _ request: LocalHTTPServer.Request, _ alias: String, _ what: String, _ body: JSONValue, _ kept: Box
    ) -> LocalHTTPServer.Response {
        guard request.target.hasSuffix("?identifierType=alias") else {
            return unprocessable(["identifier": "There is no alert with this id."])
        }
        guard body["note"]?.string?.utf16.count ?? 0 <= 25_000 else { return unprocessable(["note": "Note is too long."]) }
        return kept.alerts.withLock { alerts in
            switch (request.method, what) {
            case ("POST", "acknowledge"): alerts[alias]?.isAcknowledged = true
            case ("POST", "close"): alerts[alias]?.isOpen = false
            case ("POST", "notes"): alerts[alias]?.notes += 1
            case ("PUT", "priority"): alerts[alias]?.priority = body["priority"]?.string ?? ""
            default: return refused("No such path", 404)
            }
            return accepted
        }
    }

    private static var accepted: LocalHTTPServer.Response {
        .json(["result": "Request will be processed", "took": 0.302, "requestId": "43a29c5c-3dbf-4fa4-9c26-f4f71023e120"], status: 202)
    }

    private static func unprocessable(_ errors: [String: JSONValue]) -> LocalHTTPServer.Response {
        .json(
            ["message": "Request body is not processable. Please check the errors.", "errors": .object(errors), "took": 0.0], status: 422)
    }

    private static func refused(_ message: String, _ status: Int) -> LocalHTTPServer.Response {
        .json(["message": .string(message), "took": 0.001, "requestId": "r"], status: status)
    }
}
