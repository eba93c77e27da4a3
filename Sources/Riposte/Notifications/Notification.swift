/// A message to people, on its way through a channel.
public struct Notification: Sendable, Hashable, Codable, Identifiable {
    public var id: String
    public var incidentID: String
    public var severity: Severity
    public var title: String
    public var body: String
    public var facts: [Fact]
    public var link: String?
    public var createdAt: Timestamp
    public var deduplicationKey: String

    public struct Fact: Sendable, Hashable, Codable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        id: String, incidentID: String, severity: Severity, title: String, body: String, facts: [Fact] = [], link: String? = nil,
        createdAt: Timestamp, deduplicationKey: String
    ) {
        self.id = id
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
