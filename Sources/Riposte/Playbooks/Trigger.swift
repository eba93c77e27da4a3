/// The condition that ties anomalies to a playbook: detector, severity, both, or neither (then every anomaly).
public struct Trigger: Sendable, Hashable {
    /// Any of these detectors or families; empty = any detector.
    public var detectors: [DetectorName]
    public var severity: SeverityCondition

    public init(detectors: [DetectorName] = [], severity: SeverityCondition = .any) {
        self.detectors = detectors
        self.severity = severity
    }

    public init(detector: DetectorName, severity: SeverityCondition = .any) {
        self.init(detectors: [detector], severity: severity)
    }

    public func matches(_ anomaly: Anomaly) -> Bool {
        (detectors.isEmpty || detectors.contains { $0.covers(anomaly.detector) }) && severity.contains(anomaly.severity)
    }
}

/// Which severities a trigger means.
public enum SeverityCondition: Sendable, Hashable {
    case any
    /// `severity: high`: high and everything worse.
    case atLeast(Severity)
    /// `severity: [high]`: exactly the listed ones.
    case exactly(Set<Severity>)

    public func contains(_ severity: Severity) -> Bool {
        switch self {
        case .any: true
        case .atLeast(let least): severity >= least
        case .exactly(let set): set.contains(severity)
        }
    }
}
