import Logging
import Riposte
import RiposteChannels
import RiposteTesting
import Synchronization

extension ResponseContext {
    /// What a step sees of a run that answers an anomaly.
    static func example(
        _ change: (inout [String: JSONValue]) -> Void = { _ in }, attempt: Int = 1, now: Timestamp = Timestamp(seconds: 1_795_176_000)
    ) -> ResponseContext {
        var values: [String: JSONValue] = [
            "incident": ["id": "inc-1", "title": "Brute force from 203.0.113.9", "severity": "high"],
            "playbook": ["slug": "brute_force_response", "name": "Brute force"],
            "anomaly": ["id": "ano-1", "summary": "12 failures in 60 s", "count": 12],
            "ip": "203.0.113.9", "user": ["id": "alice", "plan": "hunter-gold"],
        ]
        change(&values)
        return ResponseContext(
            values: values, trigger: .manual(actor: "anna", reason: ""), incidentID: "inc-1", runID: "run-1", step: StepPath(2),
            attempt: attempt, now: now, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// Opens one ticket for one key, for whoever has the token.
func ticketDesk() throws -> LocalHTTPServer {
    try LocalHTTPServer { request in
        guard request["authorization"] == "Bearer tok_hunter2" else { return .text("unauthorised", status: 401) }
        guard request.method == "POST", request.path == "/api/inc-1" else { return .text("no such place", status: 404) }
        return .json(["ticket": "T-1"], status: 201)
    }
}

/// Where nobody listens, and which no other test is given meanwhile.
func goneServer() -> String { "http://127.0.0.1:9" }

/// What a ticket desk that minds the idempotency key has opened.
final class Tickets: Sendable, CustomStringConvertible {
    private let byKey = Mutex<[String: String]>([:])

    func open(_ key: String, _ text: String) { byKey.withLock { $0[key] = $0[key] ?? text } }
    var description: String { byKey.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n") } }
}
