/// A message to people, on its way through a channel.
public struct Notification: Sendable, Hashable, Identifiable {
    /// The same in every attempt to deliver it: what a channel hands on as an idempotency key.
    public var id: String
    /// Why people are told.
    public var kind: Kind
    /// The incident it is about; a digest has its own ``id`` here.
    public var incidentID: String
    /// How bad it is; which channels it goes to depends on it.
    public var severity: Severity
    /// One line. Holds what events say, so a channel encodes it.
    public var title: String
    /// The text, in lines. Holds what events say, so a channel encodes it.
    public var body: String
    /// What there is to know beside the text, in the order in which it is to be shown.
    public var facts: [Fact]
    /// Where to read more; `nil` where the settings name no such place.
    public var link: String?
    /// When it was queued, by the engine's clock.
    public var createdAt: Timestamp
    /// The same for every notification of one incident.
    public var deduplicationKey: String

    /// What has become of the incident.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// People are told of it for the first time, through this channel.
        case opened
        /// Its severity has risen since.
        case escalated
        /// Somebody looks after it.
        case acknowledged
        /// It is over.
        case resolved
        /// What was put in force keeps nobody away.
        case ineffective
        /// Several of these, told as one.
        case digest

        /// Whether it calls people; the others tell those who were called what has become of it.
        public var isCall: Bool { self == .opened || self == .escalated }
    }

    /// A name and what it holds, as a line of a table.
    public struct Fact: Sendable, Hashable, Codable {
        /// What it is.
        public var name: String
        /// What it holds; data out of events, so a channel encodes it.
        public var value: String

        /// Creates a fact.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Creates a notification; ``OutboxService/enqueue(_:to:)`` sends it on its way.
    public init(
        id: String, kind: Kind = .opened, incidentID: String, severity: Severity, title: String, body: String, facts: [Fact] = [],
        link: String? = nil, createdAt: Timestamp, deduplicationKey: String
    ) {
        self.id = id
        self.kind = kind
        self.incidentID = incidentID
        self.severity = severity
        self.title = title
        self.body = body
        self.facts = facts
        self.link = link
        self.createdAt = createdAt
        self.deduplicationKey = deduplicationKey
    }
}

extension Notification: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Stores of before have no kind.
        kind = try container.decodeIfPresent(Kind.self, forKey: .kind) ?? .opened
        id = try container.decode(String.self, forKey: .id)
        incidentID = try container.decode(String.self, forKey: .incidentID)
        severity = try container.decode(Severity.self, forKey: .severity)
        title = try container.decode(String.self, forKey: .title)
        body = try container.decode(String.self, forKey: .body)
        facts = try container.decode([Fact].self, forKey: .facts)
        link = try container.decodeIfPresent(String.self, forKey: .link)
        createdAt = try container.decode(Timestamp.self, forKey: .createdAt)
        deduplicationKey = try container.decode(String.self, forKey: .deduplicationKey)
    }
}
