import Riposte

/// Detectors at work on sign-ins that a test tells one by one. Times are seconds after a fixed start.
struct Scene {
    static let start = Timestamp(seconds: 1_750_000_000)

    private(set) var engine: DetectionEngine
    private(set) var found: [Anomaly] = []

    init(_ configuration: DetectionConfiguration = DetectionConfiguration()) { engine = DetectionEngine(configuration: configuration) }

    /// Takes events in and gives what they completed.
    @discardableResult
    mutating func see(_ events: [Event]) -> [Anomaly] {
        var new: [Anomaly] = []
        engine.observe(events, into: &new)
        found += new
        return new
    }

    @discardableResult
    mutating func fail(
        _ address: String?, _ user: String?, at time: Double, _ reason: Event.Reason = .badCredentials, count: UInt32 = 1
    ) -> [Anomaly] {
        see([.failure(address, user, at: time, reason, count: count)])
    }

    @discardableResult
    mutating func succeed(_ address: String?, _ user: String, at time: Double, by method: Event.Method = .password) -> [Anomaly] {
        see([.success(address, user, at: time, by: method)])
    }

    mutating func remember(_ anomalies: [Anomaly]) { for anomaly in anomalies { engine.remember(anomaly) } }

    mutating func forget(_ target: String, at time: Double) throws {
        guard let target = Target(target) else { throw NoTarget() }
        engine.forget(target, upTo: Scene.start + .microseconds(Int64(time * 1e6)))
    }

    func found(by detector: DetectorName) -> [Anomaly] { found.filter { $0.detector == detector } }

    private struct NoTarget: Error {}
}

extension Event {
    static func failure(
        _ address: String?, _ user: String?, at time: Double, _ reason: Event.Reason = .badCredentials, count: UInt32 = 1
    ) -> Event {
        Event(
            time: Scene.start + .microseconds(Int64(time * 1e6)), kind: .login, outcome: .failure, reason: reason, method: .password,
            address: address.flatMap { IPAddress($0) }, user: user, count: count, source: "test")
    }

    static func success(_ address: String?, _ user: String, at time: Double, by method: Event.Method = .password) -> Event {
        Event(
            time: Scene.start + .microseconds(Int64(time * 1e6)), kind: .login, outcome: .success, method: method,
            address: address.flatMap { IPAddress($0) }, user: user, source: "test")
    }
}

extension Anomaly {
    /// `brute_force.ip medium`.
    var kind: String { "\(detector) \(severity)" }
}

extension Sequence<Anomaly> {
    var kinds: [String] { map(\.kind) }

    /// Every account that is named as a target.
    var users: Set<String> { Set(flatMap(\.targets.users)) }

    /// What the shipped playbooks answer, besides all that is critical.
    var answered: [Anomaly] {
        filter { $0.severity >= .high || $0.detector == .credentialStuffing || $0.detector == .successAfterFailures }
    }
}
