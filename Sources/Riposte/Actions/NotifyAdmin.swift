/// Tells the admins, through the named channels.
public struct NotifyAdmin: ResponseAction {
    public let name: ActionName = .notifyAdmin
    public let isInformative = true
    private let outbox: OutboxService

    /// - Parameter outbox: queues the messages; the same value that the responder was given, or nobody delivers them.
    public init(outbox: OutboxService) { self.outbox = outbox }

    public struct Parameters: ActionParameters {
        static let channel = Parameter.text("channel", "The channel.")
        static let channels = Parameter.texts("channels", "Several channels.")
        static let message = Parameter.text("message", "The text; the incident's title where nothing is said.")
        public static let schema = [channel.description, channels.description, message.description]

        /// The channels that the step names, each once; empty = those of the settings' routes.
        public var channels: [ChannelName]
        /// The text; `nil` = the incident's title.
        public var message: String?

        public init(_ values: ParameterValues) throws {
            let names = [try values.optional(Self.channel)].compactMap(\.self) + (try values.optional(Self.channels) ?? [])
            channels = names.map { ChannelName($0) }.uniqued()
            message = try values.optional(Self.message)
        }
    }

    /// Channels that playbooks may name before they are configured: a warning, and the step fails when it runs.
    public static let knownChannels: [ChannelName] = [
        "log", "file", "webhook", "slack", "teams", "discord", "pagerduty", "opsgenie", "email", "sms", "syslog",
    ]

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Tells the admins, through the named channels.",
            discussion: """
                Messages go through a durable outbox with retry: the step succeeds when they are queued, and the incident shows \
                when they are delivered. People are told once of an incident in each channel, and again when its severity rises. \
                Those who were told are told when it is resolved; PagerDuty also learns when somebody acknowledges it. Where no channel is named, the settings' routes say which are used, or all that are configured.
                """,
            reads: ["incident"], writes: ["notified_channels"], example: "{action: notify_admin, channel: slack}")
    }

    public func check(_ parameters: Parameters) -> [ParameterFinding] {
        let configured = outbox.channelNames
        let findings = parameters.channels.filter { !configured.contains($0) }.map { channel in
            guard !Self.knownChannels.contains(channel) else {
                return ParameterFinding(
                    "channel", .warning,
                    "the channel “\(channel)” is not configured, so this step will fail when it runs; configure it under “channels:”")
            }
            let suggestion = Suggestion.forName(channel.rawValue, among: (configured + Self.knownChannels).map(\.rawValue).uniqued())
            return ParameterFinding("channel", .error, "there is no channel “\(channel)”" + (suggestion.map { "; \($0)" } ?? ""))
        }
        guard parameters.channels.isEmpty, configured.isEmpty else { return findings }
        return [ParameterFinding("channel", .warning, "no channel is configured, so this step will fail when it runs")]
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let wanted = parameters.channels.isEmpty ? Self.route(outbox, context) : parameters.channels
        let configured = outbox.channelNames
        let missing = wanted.filter { !configured.contains($0) }
        var queued: [ChannelName] = []
        var told: [ChannelName] = []
        var low: [ChannelName] = []
        for channel in wanted where configured.contains(channel) {
            switch try await outbox.enqueue(notification(parameters, channel, context), to: channel) {
            case .queued: queued.append(channel)
            case .toldAlready: told.append(channel)
            case .belowSeverity: low.append(channel)
            case .incidentIsOver: return .unchanged("the incident is over: nobody is told of it any more")
            }
        }
        let written = ["notified_channels": (queued + told).map(\.rawValue)]
        let severity = Self.severity(context)
        if wanted.isEmpty, !configured.isEmpty { return .unchanged("no route leads \(severity) anywhere", context: written) }
        if !missing.isEmpty || wanted.isEmpty {
            let done = queued.isEmpty ? "" : "; queued for \(Self.list(queued))"
            let what = wanted.isEmpty ? "no channel is configured" : "not configured: \(Self.list(missing))"
            return .failure(what + done, context: written)
        }
        let quiet = low.isEmpty ? "" : "\(severity) is not told through \(Self.list(low))"
        guard queued.isEmpty else {
            return .success("queued for \(Self.list(queued))" + (low.isEmpty ? "" : "; \(quiet)"), context: written)
        }
        let known = told.isEmpty ? "" : "told already through \(Self.list(told))"
        return .unchanged([known, quiet].filter { !$0.isEmpty }.joined(separator: "; "), context: written)
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let wanted = parameters.channels.isEmpty ? Self.route(outbox, context) : parameters.channels
        guard !wanted.isEmpty else { return .unchanged("would tell nobody: no route leads anywhere") }
        return .success("would tell the admins through \(Self.list(wanted))", context: ["notified_channels": wanted.map(\.rawValue)])
    }

    private func notification(_ parameters: Parameters, _ channel: ChannelName, _ context: ResponseContext) -> Notification {
        let severity = Self.severity(context)
        let title = parameters.message ?? context.values["incident"]?["title"]?.string ?? "playbook run"
        let key = "\(context.incidentID)/\(channel)/\(severity)"
        return Notification(
            id: "ntf-" + StableHash.id([key]), incidentID: context.incidentID.rawValue, severity: severity, title: title,
            body: Self.body(context), facts: Self.facts(context), createdAt: context.now, deduplicationKey: context.incidentID.rawValue)
    }

    private static func severity(_ context: ResponseContext) -> Severity {
        Severity(name: context.values["incident"]?["severity"]?.string ?? "") ?? .info
    }

    private static func route(_ outbox: OutboxService, _ context: ResponseContext) -> [ChannelName] {
        let playbook = context.values["playbook"]?["slug"]?.string.map { PlaybookSlug($0) }
        return outbox.channels(for: severity(context), playbook: playbook)
    }

    private static func body(_ context: ResponseContext) -> String {
        let what = context.trigger.anomaly.map {
            "\($0.summary) (\($0.detector), \($0.severity), \($0.count) events from \($0.first.toTheSecond) to \($0.last.toTheSecond))"
        }
        return (what ?? "A playbook was run by hand.") + " Look further with: riposte incident show \(context.incidentID)"
    }

    /// What earlier steps of the run have written.
    private static func facts(_ context: ResponseContext) -> [Notification.Fact] {
        let names = ["ip", "user", "blocked_ip", "expires_at", "locked_account", "locked_until"]
        return names.compactMap { name in
            guard let value = context.values[name], value != .null else { return nil }
            return Notification.Fact(name: name, value: value.string ?? value.description)
        }
    }

    private static func list(_ channels: [ChannelName]) -> String { channels.map(\.rawValue).joined(separator: ", ") }
}
