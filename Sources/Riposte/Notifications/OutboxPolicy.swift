/// When a notification is tried again, and when it is given up. No I/O: an item and what came of an attempt give the item
/// as it is to be written.
public struct OutboxPolicy: Sendable, Hashable {
    /// The wait after the first failure; each further one is twice as long.
    public var delay: Duration
    /// No wait is longer, unless the other side asks for it.
    public var maximumDelay: Duration
    /// From when it was queued, or could be delivered at the earliest.
    public var giveUpAfter: Duration
    /// The longest wait that the other side can ask for: one that asks for a year does not silence a channel.
    public var maximumRetryAfter: Duration

    /// Creates a policy; the defaults go on trying for a day.
    public init(
        delay: Duration = .seconds(1), maximumDelay: Duration = .minutes(5), giveUpAfter: Duration = .hours(24),
        maximumRetryAfter: Duration = .hours(1)
    ) {
        self.delay = delay
        self.maximumDelay = maximumDelay
        self.giveUpAfter = giveUpAfter
        self.maximumRetryAfter = maximumRetryAfter
    }

    /// The item after an attempt that worked.
    public func delivered(_ item: OutboxItem, _ receipt: DeliveryReceipt, at now: Timestamp) -> OutboxItem {
        var item = item
        item.state = .delivered
        item.attempts += 1
        item.lastError = nil
        item.receipt = receipt.message
        item.endedAt = now
        return item
    }

    /// The item when nobody is to get it any more.
    public func dropped(_ item: OutboxItem, because reason: String, at now: Timestamp) -> OutboxItem {
        var item = item
        item.state = .dropped
        item.lastError = reason
        item.endedAt = now
        return item
    }

    /// A permanent failure ends it at once; others are tried again until the time is up.
    public func failed(_ item: OutboxItem, _ failure: DeliveryFailure, at now: Timestamp) -> OutboxItem {
        var item = item
        item.attempts += 1
        item.lastError = failure.message
        if !failure.settled.isEmpty { item.settled = failure.settled }
        let next = now + max(wait(after: item), min(failure.retryAfter ?? .zero, maximumRetryAfter))
        if failure.kind == .permanent || next >= item.firstDueAt + giveUpAfter {
            item.state = .failed
            item.endedAt = now
        } else {
            item.nextAttemptAt = next
        }
        return item
    }

    /// Shortened by up to a fifth, the same for the same item and attempt, so that many do not come back at once.
    private func wait(after item: OutboxItem) -> Duration {
        let full = min(delay * (1 << min(item.attempts - 1, 20)), maximumDelay)
        return full - .microseconds(full.microseconds / 5 * Int64(StableHash.of("\(item.id)#\(item.attempts)") % 1000) / 1000)
    }
}
