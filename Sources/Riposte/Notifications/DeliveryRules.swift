/// When one channel tells people: from which severity on, at which hours, one by one or together, and who else is told where
/// nobody takes an incident up.
public struct DeliveryRules: Sendable, Hashable {
    /// What is less severe is not told here.
    public var minimumSeverity: Severity
    /// `nil` = each notification by itself.
    public var digest: Digest?
    /// In these, notifications wait for the end.
    public var quietHours: [QuietHours]
    /// `nil` = nobody else.
    public var handOver: HandOver?

    /// What is gathered and told as one.
    public struct Digest: Sendable, Hashable {
        /// How long notifications are gathered.
        public var every: Duration
        /// What is at least this severe is told by itself, at once.
        public var below: Severity

        /// Creates the rule.
        public init(every: Duration, below: Severity = .high) {
            self.every = every
            self.below = below
        }
    }

    /// Who else is called where nobody has acknowledged an incident.
    public struct HandOver: Sendable, Hashable {
        /// Counted from when this channel is told.
        public var after: Duration
        /// The channels that are told then.
        public var to: [ChannelName]

        /// Creates the rule.
        public init(after: Duration, to: [ChannelName]) {
            self.after = after
            self.to = to
        }
    }

    /// Creates rules; with nothing said everything is told, one by one and at once.
    public init(
        minimumSeverity: Severity = .info, digest: Digest? = nil, quietHours: [QuietHours] = [], handOver: HandOver? = nil
    ) {
        self.minimumSeverity = minimumSeverity
        self.digest = digest
        self.quietHours = quietHours
        self.handOver = handOver
    }

    /// Until when something this severe waits because of quiet hours; `nil` = it need not.
    public func quietEnd(for severity: Severity, at time: Timestamp) -> Timestamp? {
        let hours = quietHours.filter { $0.exception.map { severity < $0 } ?? true }
        var end: Timestamp?
        // One may begin where another ends.
        for _ in 0...hours.count { end = hours.compactMap { $0.end(at: end ?? time) }.max() ?? end }
        return end
    }

    /// When the digest goes out that something this severe comes into; `nil` = it is told by itself. Digests end at whole
    /// multiples of their length, so that a restart changes nothing.
    public func digestEnd(for severity: Severity, at time: Timestamp) -> Timestamp? {
        guard let digest, digest.below > severity, digest.every > .zero else { return nil }
        let length = digest.every.microseconds
        let end = Timestamp(microseconds: (time.microseconds / length + 1) * length)
        return quietEnd(for: severity, at: end) ?? end
    }
}
