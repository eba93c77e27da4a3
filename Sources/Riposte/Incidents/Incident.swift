/// The record a person reads: what was found, what was done about it. Runs, results and effects hang on its id.
public struct Incident: Sendable, Hashable, Codable, Identifiable {
    public var id: IncidentID
    /// One sentence: the summary of its first anomaly, or what was asked for by hand.
    public var title: String
    /// The worst severity of its anomalies.
    public var severity: Severity
    /// How it stands.
    public var status: Status
    /// Everyone it is about so far.
    public var targets: TargetSet
    /// What later anomalies join it by.
    public var sources: [AddressRange]
    /// Which detectors have found something of it, each once.
    public var detectors: [DetectorName]
    /// When it was opened, by the engine's clock.
    public var openedAt: Timestamp
    /// Event times of the first and last event it rests on; for a manual incident when it was opened.
    public var firstEventAt: Timestamp
    /// Event time of the last event it rests on; for a manual incident when it was opened.
    public var lastEventAt: Timestamp
    /// When the last anomaly joined, by the engine's clock.
    public var lastActivityAt: Timestamp
    /// When the first containment was in force.
    public var containedAt: Timestamp?
    /// How many anomalies have joined it, the first included.
    public var anomalyCount: Int
    /// The highest count of any of its anomalies: how many failures the largest of them rests on.
    public var eventCount: Int
    /// Who asked for it, for one that was opened by hand.
    public var openedBy: String?
    /// Why it was opened by hand; `nil` for one that was found.
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

    /// How an incident stands.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// Found, and nobody has taken it up.
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

    /// That somebody has taken an incident up.
    public struct Acknowledgement: Sendable, Hashable, Codable {
        /// When, by the engine's clock.
        public var at: Timestamp
        /// Who.
        public var actor: String
        /// What they said; may be empty.
        public var note: String

        /// Creates the note of it; the incident does not move by itself.
        public init(at: Timestamp, actor: String, note: String) {
            self.at = at
            self.actor = actor
            self.note = note
        }
    }

    /// One move of the status.
    public struct StatusChange: Sendable, Hashable, Codable {
        /// When, by the engine's clock.
        public var at: Timestamp
        /// Into which status.
        public var to: Status
        /// Who moved it; `riposte` where nobody did.
        public var actor: String
        /// Why; may be empty.
        public var note: String

        /// Creates the note of a move.
        public init(at: Timestamp, to: Status, actor: String, note: String) {
            self.at = at
            self.to = to
            self.actor = actor
            self.note = note
        }
    }

    /// Creates an incident that is open and that nothing was done about. The responder makes them; this is for tests of a store.
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
