import Riposte
import RiposteTesting

/// Noon, where every manual clock starts.
let noon = ManualClock.defaultStart

/// An anomaly of one attacker, as the shipped detectors make them.
func anomaly(
    _ id: AnomalyID = "ano-1", _ detector: DetectorName = .bruteForceByAddress, _ severity: Severity = .high,
    from address: String? = "203.0.113.9",
    users: [String] = [], at time: Timestamp = noon, count: Int = 10
) -> Anomaly {
    let addresses = [address].compactMap(\.self).compactMap { AddressRange($0) }
    return Anomaly(
        id: id, detector: detector, severity: severity, targets: TargetSet(addresses: addresses, users: users), sources: addresses,
        first: time - .minutes(2), last: time, count: count, summary: "\(count) failed sign-ins from \(address ?? "nowhere")")
}

/// A target from its text.
func target(_ text: String) -> Target { Target(text) ?? .session("not a target: \(text)") }

/// The specification's two playbooks, as values.
extension Playbook {
    static let bruteForceResponse = Playbook(
        "brute_force_response", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))],
        steps: [
            Step(.blockIP, parameters: ["duration_minutes": 60]), Step(.notifyAdmin, parameters: ["channel": "slack"]),
            Step(.lockAccount, parameters: ["duration_minutes": 30]),
        ])
    static let credentialStuffingResponse = Playbook(
        "credential_stuffing_response", triggers: [Trigger(detector: "credential_stuffing")],
        steps: [Step(.blockIP, parameters: ["duration_minutes": 240]), Step("enable_enhanced_logging")])
}
