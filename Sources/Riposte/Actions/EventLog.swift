public import Logging

/// Where `log_event` writes: named channels of audit lines.
///
/// An implementer promises that a line with an id that is there already is not written again, as far back as a crash and
/// its restart reach.
public protocol EventLog: Sendable {
    /// The channels there are; `nil` = any name will do.
    var channels: [String]? { get }
    /// Writes one line. Tells whether it was written now; `false` = it was there.
    func write(_ line: EventLogLine, mayBeThere: Bool) async throws -> Bool
}

/// One line of an event log.
public struct EventLogLine: Sendable, Hashable, Codable {
    /// The same however often the step is tried.
    public var id: String
    public var at: Timestamp
    public var channel: String
    public var message: String
    public var incident: IncidentID
    public var playbook: String
    /// What the run knew by then.
    public var context: [String: JSONValue]

    public init(
        id: String, at: Timestamp, channel: String, message: String, incident: IncidentID, playbook: String, context: [String: JSONValue]
    ) {
        self.id = id
        self.at = at
        self.channel = channel
        self.message = message
        self.incident = incident
        self.playbook = playbook
        self.context = context
    }
}

/// An event log on swift-log: the channel is part of the label. It cannot look back, so after a crash a line may be there
/// twice, with the same id.
public struct LoggerEventLog: EventLog {
    private let logger: Logger

    public init(_ logger: Logger) { self.logger = logger }

    public var channels: [String]? { nil }

    public func write(_ line: EventLogLine, mayBeThere: Bool) async throws -> Bool {
        logger.notice(
            "\(line.message)",
            metadata: [
                "channel": "\(line.channel)", "id": "\(line.id)", "incident": "\(line.incident)",
                "context": "\(JSONValue.object(line.context))",
            ])
        return true
    }
}
