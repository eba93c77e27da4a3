import Riposte
import RiposteTesting
import Synchronization

/// A server that takes events as PagerDuty does: it keeps an alert for each key, and refuses what PagerDuty refuses in the same
/// words.
final class PagerDutyStandIn: Sendable {
    static let key = "e93facc04764012d7bfb002500d5d1a6"
    static let path = "/v2/enqueue"

    enum State: Hashable { case triggered, acknowledged, resolved }
    fileprivate struct Alerts {
        var states: [String: State] = [:]
        var log: [String] = []
    }

    private let server: LocalHTTPServer
    private let alerts: Box

    private final class Box: Sendable { let value = Mutex(Alerts()) }

    /// - Parameter answers: what to answer first, whatever comes.
    init(_ answers: LocalHTTPServer.Response...) throws {
        let alerts = Box()
        self.alerts = alerts
        let first = Mutex(answers)
        server = try LocalHTTPServer { request in
            first.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? Self.answer(request, alerts)
        }
    }

    var url: String { server.url + Self.path }
    var events: [JSONValue] { server.requests.compactMap(\.json) }
    /// What each alert has become, by key.
    var states: [String: State] { alerts.value.withLock { $0.states } }
    /// `trigger inc-1`, a line for each event that was accepted.
    var log: [String] { alerts.value.withLock { $0.log } }

    private static func answer(_ request: LocalHTTPServer.Request, _ alerts: Box) -> LocalHTTPServer.Response {
        guard request.method == "POST", request.path == path else { return .text("", status: 404) }
        guard request["content-type"]?.hasPrefix("application/json") == true, let event = request.json, event.object != nil else {
            return refused("Unrecognized object", "Event object format is unrecognized", ["JSON parse error"])
        }
        let errors = Self.errors(in: event)
        guard errors.isEmpty, let key = event["dedup_key"]?.string, let action = event["event_action"]?.string else {
            return refused("invalid event", "Event object is invalid", errors)
        }
        alerts.value.withLock { $0.take(action, key) }
        return json(["status": "success", "message": "Event processed", "dedup_key": .string(key)], 202)
    }

    private static func errors(in event: JSONValue) -> [String] {
        var errors: [String] = []
        let key = event["routing_key"]?.string ?? ""
        if key.utf8.count != 32 { errors.append("Length of 'routing_key' is incorrect (should be 32 characters)") }
        let action = event["event_action"]?.string ?? ""
        if !["trigger", "acknowledge", "resolve"].contains(action) { errors.append("'event_action' is invalid") }
        if !(1...255).contains(event["dedup_key"]?.string?.count ?? 0) { errors.append("'dedup_key' is missing or too long") }
        guard action == "trigger" else { return errors }
        let payload = event["payload"]
        if !(1...1024).contains(payload?["summary"]?.string?.utf16.count ?? 0) { errors.append("'payload.summary' is missing or too long") }
        if payload?["source"]?.string?.isEmpty ?? true { errors.append("'payload.source' is missing or blank") }
        if !["critical", "error", "warning", "info"].contains(payload?["severity"]?.string ?? "") {
            errors.append("'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')")
        }
        if Timestamp(rfc3339: payload?["timestamp"]?.string ?? "") == nil { errors.append("'payload.timestamp' is invalid") }
        if payload?["custom_details"]?.object == nil { errors.append("'payload.custom_details' is not an object") }
        return errors
    }

    private static func refused(_ status: String, _ message: String, _ errors: [String]) -> LocalHTTPServer.Response {
        json(["status": .string(status), "message": .string(message), "errors": .array(errors.map(JSONValue.string))], 400)
    }

    private static func json(_ value: JSONValue, _ status: Int) -> LocalHTTPServer.Response {
        .text(value.description, status: status, fields: [.init("Content-Type", "application/json")])
    }
}

extension PagerDutyStandIn.Alerts {
    /// An event about an alert that is not open is taken and changes nothing.
    fileprivate mutating func take(_ action: String, _ key: String) {
        log.append("\(action) \(key)")
        switch action {
        case "trigger": if states[key] != .acknowledged { states[key] = .triggered }
        case "acknowledge": if states[key] == .triggered { states[key] = .acknowledged }
        default: if states[key] != nil { states[key] = .resolved }
        }
    }
}
