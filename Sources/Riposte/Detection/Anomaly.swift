/// Our finding: a detector or rule saw an attack in the events.
public struct Anomaly: Sendable, Hashable, Codable, Identifiable {
    /// The same input gives the same id, so an anomaly that is found twice is known twice.
    public var id: AnomalyID
    /// Which detector or rule found it.
    public var detector: DetectorName
    /// How bad it is. A trigger's `severity` is compared with this.
    public var severity: Severity
    /// 0…100, for sorting among equals; a detector's own scale.
    public var score: Int
    /// Whom a playbook may act on because of it.
    public var targets: TargetSet
    /// What joins anomalies to one incident: the attacking addresses or the network around them. Empty where there is none.
    public var sources: [AddressRange]
    /// Event time of the first and last event it rests on.
    public var first: Timestamp
    /// Event time of the last event it rests on.
    public var last: Timestamp
    /// How many failures (or whatever the detector counts) it rests on.
    public var count: Int
    /// One sentence a person reads.
    public var summary: String
    /// At most 100 events, the first and the last always among them.
    public var evidence: [Evidence]

    /// Creates an anomaly, as a detector of your own does. Give the same `id` for the same finding, or it is answered twice.
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

    /// Many failed sign-ins from one address or IPv6 /64.
    public static let bruteForceByAddress: DetectorName = "brute_force.ip"
    /// Many failed sign-ins for one account.
    public static let bruteForceByUser: DetectorName = "brute_force.user"
    /// Many failed sign-ins for one account from many addresses.
    public static let bruteForceDistributed: DetectorName = "brute_force.distributed"
    /// Many accounts tried from one address or network, few times each.
    public static let credentialStuffing: DetectorName = "credential_stuffing"
    /// A sign-in that succeeded where an attack had failed before.
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
