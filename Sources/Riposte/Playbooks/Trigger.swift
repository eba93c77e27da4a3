/// The condition that ties anomalies to a playbook: detector, severity, both, or neither (then every anomaly).
public struct Trigger: Sendable, Hashable {
    /// Any of these detectors or families; empty = any detector.
    public var detectors: [DetectorName]
    /// How bad an anomaly has to be.
    public var severity: SeverityCondition

    /// Creates a trigger; with nothing said every anomaly fires it.
    public init(detectors: [DetectorName] = [], severity: SeverityCondition = .any) {
        self.detectors = detectors
        self.severity = severity
    }

    /// Creates a trigger for one detector or family.
    public init(detector: DetectorName, severity: SeverityCondition = .any) {
        self.init(detectors: [detector], severity: severity)
    }

    /// Whether `anomaly` fires it: both the detector and the severity have to fit.
    public func matches(_ anomaly: Anomaly) -> Bool {
        (detectors.isEmpty || detectors.contains { $0.covers(anomaly.detector) }) && severity.contains(anomaly.severity)
    }
}

/// Which severities a trigger means.
public enum SeverityCondition: Sendable, Hashable {
    /// Every severity.
    case any
    /// `severity: high`: high and everything worse.
    case atLeast(Severity)
    /// `severity: [high]`: exactly the listed ones.
    case exactly(Set<Severity>)

    /// Whether `severity` is meant.
    public func contains(_ severity: Severity) -> Bool {
        switch self {
        case .any: true
        case .atLeast(let least): severity >= least
        case .exactly(let set): set.contains(severity)
        }
    }
}
