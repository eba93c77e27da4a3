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
    /// When it happened: the time of the attempt that writes it, or of the event that it keeps.
    public var at: Timestamp
    /// The channel's name, as the step has it.
    public var channel: String
    /// The step's own text, or the incident's title.
    public var message: String
    /// The incident whose run wrote it.
    public var incident: IncidentID
    /// The slug of the playbook that wanted it; empty where none did.
    public var playbook: String
    /// What the run knew by then.
    public var context: [String: JSONValue]

    /// Creates a line; nothing is written.
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

    /// - Parameter logger: lines are written to it at `notice`, with channel, id, incident and context as metadata.
    public init(_ logger: Logger) { self.logger = logger.plain }

    public var channels: [String]? { nil }

    public func write(_ line: EventLogLine, mayBeThere: Bool) async throws -> Bool {
        logger.notice(
            "\(line.message)",
            metadata: [
                "channel": "\(line.channel)", "id": "\(line.id)", "incident": "\(line.incident)",
                "context": "\(TerminalText.safeJSON(JSONValue.object(line.context).description))",
            ])
        return true
    }
}
