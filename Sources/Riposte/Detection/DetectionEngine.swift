/// The shipped detectors over one set of tables, and any others beside them.
public struct DetectionEngine: Sendable {
    private let configuration: DetectionConfiguration
    private var additional: [any Detector]

    public init(configuration: DetectionConfiguration = DetectionConfiguration(), additional: [any Detector] = []) {
        self.configuration = configuration
        self.additional = additional
    }

    public var names: [DetectorName] { DetectorName.shipped + additional.flatMap(\.names) }
    public var window: Duration { additional.map(\.window).reduce(configuration.window) { max($0, $1) } }
    public var evictions: Int { 0 }
    public var trackedKeys: Int { 0 }

    public mutating func observe(_ events: borrowing [Event], into anomalies: inout [Anomaly]) {
        for index in additional.indices { additional[index].observe(events, into: &anomalies) }
    }
    public mutating func remember(_ anomaly: Anomaly) {}
    public mutating func forget(_ target: Target, upTo time: Timestamp) {}
}
