/// Writes an audit line to a named log channel, with what the run knows by then.
public struct LogEvent: ResponseAction {
    public let name: ActionName = .logEvent
    public let isInformative = true
    private let log: any EventLog

    /// - Parameter log: where the lines go. Its channels are checked when a playbook is loaded.
    public init(log: any EventLog) { self.log = log }

    public struct Parameters: ActionParameters {
        static let channel = Parameter.text("channel", default: "security", "The log channel.")
        static let message = Parameter.text("message", "The line's text; the incident's title where nothing is said.")
        public static let schema = [channel.description, message.description]

        /// The channel that the line goes to; `security` where the step says nothing.
        public var channel: String
        /// The text; `nil` = the incident's title.
        public var message: String?

        public init(_ values: ParameterValues) throws {
            channel = try values[Self.channel]
            message = try values.optional(Self.message)
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Writes an audit line to a named log channel.",
            discussion: """
                The line holds the run's context as it is by then, so after block_ip it holds blocked_ip. It is written once for a \
                step, however often the step is tried.
                """,
            reads: ["everything"], writes: ["log_event_id"], example: "{action: log_event, channel: security}")
    }

    public func check(_ parameters: Parameters) -> [ParameterFinding] {
        guard let known = log.channels, !known.contains(parameters.channel) else { return [] }
        let suggestion = Suggestion.forName(parameters.channel, among: known).map { "; \($0)" } ?? ""
        return [ParameterFinding("channel", .error, "there is no log channel “\(parameters.channel)”\(suggestion)")]
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let id = "log-" + StableHash.id([context.idempotencyKey])
        let playbook = context.values["playbook"]?["slug"]?.string ?? ""
        let title = context.values["incident"]?["title"]?.string ?? "playbook \(playbook)"
        let line = EventLogLine(
            id: id, at: context.now, channel: parameters.channel, message: parameters.message ?? title, incident: context.incidentID,
            playbook: playbook, context: context.values)
        let isNew = try await log.write(line, mayBeThere: context.attempt > 1)
        return isNew
            ? .success("written to \(parameters.channel) as \(id)", context: ["log_event_id": id])
            : .unchanged("\(id) is in \(parameters.channel) already", context: ["log_event_id": id])
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        .success("would write a line to \(parameters.channel)")
    }
}
