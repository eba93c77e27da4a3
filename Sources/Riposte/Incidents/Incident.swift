/// The record a person reads: what was found, what was done about it. Runs, results and effects hang on its id.
public struct Incident: Sendable, Hashable, Codable, Identifiable {
    public var id: IncidentID
    public var title: String
    /// The worst severity of its anomalies.
    public var severity: Severity
    public var status: Status
    /// Everyone it is about so far.
    public var targets: TargetSet
    /// What later anomalies join it by.
    public var sources: [AddressRange]
    public var detectors: [DetectorName]
    /// When it was opened, by the engine's clock.
    public var openedAt: Timestamp
    /// Event times of the first and last event it rests on; for a manual incident when it was opened.
    public var firstEventAt: Timestamp
    public var lastEventAt: Timestamp
    /// When the last anomaly joined, by the engine's clock.
    public var lastActivityAt: Timestamp
    /// When the first containment was in force.
    public var containedAt: Timestamp?
    public var anomalyCount: Int
    /// The highest count of any of its anomalies: how many failures the largest of them rests on.
    public var eventCount: Int
    /// Who asked for it, for one that was opened by hand.
    public var openedBy: String?
    public var reason: String?
    /// Every move of the status, oldest first.
    public var history: [StatusChange]
    /// One more with each change: the store keeps the highest, whatever order commits arrive in.
    public var version: Int

    /// When somebody first took it up; `nil` while nobody has.
    public var acknowledgement: Acknowledgement?
    /// Who looks after it.
    public var assignee: String?
    /// What people wrote beside it, oldest first; `nil` = nothing.
    public var notes: [Note]?
    /// What it turned out to be; `nil` = nobody has said.
    public var verdict: Verdict?
    /// What was found to be behind it.
    public var cause: String?
    /// What is done differently from now on.
    public var lessons: String?
    /// When a containment of it was found to keep nobody away; `nil` = never. Such an incident is not contained.
    public var breachedAt: Timestamp?

    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case open
        /// Somebody looks after it, and nothing is contained yet.
        case investigating
        /// A containment was put in force.
        case contained
        /// It is over: by a person's word, or after quiet.
        case resolved
        /// Over, and looked at for good.
        case closed
        /// It was over, and is not.
        case reopened

        /// Whether nothing is done about it any more: later anomalies open an incident of their own.
        public var isOver: Bool { self == .resolved || self == .closed }

        /// Those that are not over.
        public static let live = Set(allCases.filter { !$0.isOver })
    }

    public struct Acknowledgement: Sendable, Hashable, Codable {
        public var at: Timestamp
        public var actor: String
        public var note: String

        public init(at: Timestamp, actor: String, note: String) {
            self.at = at
            self.actor = actor
            self.note = note
        }
    }

    public struct StatusChange: Sendable, Hashable, Codable {
        public var at: Timestamp
        public var to: Status
        public var actor: String
        public var note: String

        public init(at: Timestamp, to: Status, actor: String, note: String) {
            self.at = at
            self.to = to
            self.actor = actor
            self.note = note
        }
    }

    public init(
        id: IncidentID, title: String, severity: Severity, targets: TargetSet, sources: [AddressRange] = [], detectors: [DetectorName] = [],
        openedAt: Timestamp, firstEventAt: Timestamp, lastEventAt: Timestamp, openedBy: String? = nil, reason: String? = nil
    ) {
        self.id = id
        self.title = title
        self.severity = severity
        status = .open
        self.targets = targets
        self.sources = sources
        self.detectors = detectors
        self.openedAt = openedAt
        self.firstEventAt = firstEventAt
        self.lastEventAt = lastEventAt
        lastActivityAt = openedAt
        anomalyCount = 0
        eventCount = 0
        self.openedBy = openedBy
        self.reason = reason
        history = [StatusChange(at: openedAt, to: .open, actor: openedBy ?? "riposte", note: reason ?? title)]
        version = 0
    }

    /// From the first event to its detection.
    public var timeToDetect: Duration { max(openedAt - firstEventAt, .zero) }
    /// From detection to the first person who took it up; `nil` while nobody has.
    public var timeToAcknowledge: Duration? { acknowledgement.map { max($0.at - openedAt, .zero) } }
    /// From detection to the first containment in force; `nil` while there is none.
    public var timeToContain: Duration? { containedAt.map { max($0 - openedAt, .zero) } }
}

/// Names one incident: `inc-` and ten characters.
public struct IncidentID: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
