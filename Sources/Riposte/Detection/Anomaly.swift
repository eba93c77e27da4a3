/// Our finding: a detector or rule saw an attack in the events.
public struct Anomaly: Sendable, Hashable, Codable, Identifiable {
    /// The same input gives the same id, so an anomaly that is found twice is known twice.
    public var id: AnomalyID
    public var detector: DetectorName
    public var severity: Severity
    /// 0…100, for sorting among equals; a detector's own scale.
    public var score: Int
    public var targets: TargetSet
    /// What joins anomalies to one incident: the attacking addresses or the network around them. Empty where there is none.
    public var sources: [AddressRange]
    /// Event time of the first and last event it rests on.
    public var first: Timestamp
    public var last: Timestamp
    /// How many failures (or whatever the detector counts) it rests on.
    public var count: Int
    /// One sentence a person reads.
    public var summary: String
    /// At most 100 events, the first and the last always among them.
    public var evidence: [Evidence]

    public init(
        id: AnomalyID, detector: DetectorName, severity: Severity, score: Int = 0, targets: TargetSet, sources: [AddressRange] = [],
        first: Timestamp, last: Timestamp, count: Int, summary: String, evidence: [Evidence] = []
    ) {
        self.id = id
        self.detector = detector
        self.severity = severity
        self.score = score
        self.targets = targets
        self.sources = sources
        self.first = first
        self.last = last
        self.count = count
        self.summary = summary
        self.evidence = evidence
    }
}

/// Names one anomaly; see ``Anomaly/id``.
public struct AnomalyID: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A detector's name, `brute_force.ip`. The part before the dot is its family, and a trigger that names the family
/// means all of it.
public struct DetectorName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let bruteForceByAddress: DetectorName = "brute_force.ip"
    public static let bruteForceByUser: DetectorName = "brute_force.user"
    public static let bruteForceDistributed: DetectorName = "brute_force.distributed"
    public static let credentialStuffing: DetectorName = "credential_stuffing"
    public static let successAfterFailures: DetectorName = "success_after_failures"

    /// The detectors that come with Riposte.
    public static let shipped: [DetectorName] = [
        .bruteForceByAddress, .bruteForceByUser, .bruteForceDistributed, .credentialStuffing, .successAfterFailures,
    ]

    /// The name up to the first dot.
    public var family: DetectorName { DetectorName(rawValue.split(separator: ".", maxSplits: 1).first.map(String.init) ?? rawValue) }

    /// Whether this name, written in a trigger, means `detector`.
    public func covers(_ detector: DetectorName) -> Bool { self == detector || self == detector.family }
}
