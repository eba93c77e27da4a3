/// Which of one channel's lines to read, and how many: what is read of an outbox does not grow with what waits in it.
public struct OutboxQuery: Sendable, Hashable {
    /// Whose lines.
    public var channel: ChannelName
    /// Which of them, in what order. Those that are equal in it come in the order in which their first items were first put.
    public var order: Order
    /// The time that the order speaks of.
    public var time: Timestamp
    /// How many at most.
    public var limit: Int

    /// Which lines are asked for, and which come first.
    public enum Order: Sendable, Hashable, CaseIterable {
        /// Those that are due at the time and do not begin with what is ``OutboxItem/isInDigest``: the most severe first, then those
        /// that are due longest.
        case mostSevere
        /// Those that are due at the time and begin with what is ``OutboxItem/isInDigest``: those that are due longest first.
        case inDigest
        /// All that are due at the time: those that are due longest first.
        case longestDue
        /// Those whose first item could be delivered at the time or before (``OutboxItem/firstDueAt``): the oldest first.
        case oldest
    }

    /// Creates a query.
    public init(_ channel: ChannelName, _ order: Order, at time: Timestamp, limit: Int) {
        self.channel = channel
        self.order = order
        self.time = time
        self.limit = limit
    }
}
