/// Where notifications go where nobody says it, and when. Plain values, checked when they are read.
public struct NotificationRules: Sendable, Hashable {
    /// Which channels are told where a step names none. Empty = all that are configured, except those that others hand over to.
    public var routes: [Route]
    /// Of channels that are not there, everything is told at once.
    public var channels: [ChannelName: DeliveryRules]

    /// Some notifications, and the channels that are told of them.
    public struct Route: Sendable, Hashable {
        /// Of which severities it is.
        public var severity: SeverityCondition
        /// Empty = any.
        public var playbooks: Set<PlaybookSlug>
        /// The channels that are told.
        public var channels: [ChannelName]

        /// Creates a route; with nothing said it is for everything.
        public init(severity: SeverityCondition = .any, playbooks: Set<PlaybookSlug> = [], channels: [ChannelName]) {
            self.severity = severity
            self.playbooks = playbooks
            self.channels = channels
        }
    }

    /// Creates rules; with nothing said every channel is told everything at once.
    public init(routes: [Route] = [], channels: [ChannelName: DeliveryRules] = [:]) {
        self.routes = routes
        self.channels = channels
    }

    subscript(channel: ChannelName) -> DeliveryRules { channels[channel] ?? DeliveryRules() }

    /// The channels of every route that fits, each once.
    func route(_ severity: Severity, playbook: PlaybookSlug?, among all: [ChannelName]) -> [ChannelName] {
        guard !routes.isEmpty else {
            let later = Set(channels.values.flatMap { $0.handOver?.to ?? [] })
            return all.filter { !later.contains($0) }
        }
        let fitting = routes.filter { route in
            route.severity.contains(severity) && (route.playbooks.isEmpty || playbook.map(route.playbooks.contains) ?? false)
        }
        return fitting.flatMap(\.channels).uniqued()
    }

    /// Channels that hand over to each other in a circle, the first one again at the end; `nil` where none do.
    public var circle: [ChannelName]? {
        for start in channels.keys.sorted() {
            if let circle = path(from: start, to: start, passed: []) { return [start] + circle }
        }
        return nil
    }

    private func path(from channel: ChannelName, to end: ChannelName, passed: Set<ChannelName>) -> [ChannelName]? {
        for next in channels[channel]?.handOver?.to ?? [] {
            if next == end { return [next] }
            if !passed.contains(next), let rest = path(from: next, to: end, passed: passed.union([channel, next])) { return [next] + rest }
        }
        return nil
    }
}
