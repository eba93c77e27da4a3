/// When a notification is tried again, and when it is given up. No I/O: an item and what came of an attempt give the item
/// as it is to be written.
///
/// The same waits are those of a channel that fails as a whole: it rests, and is tried with one notification after each.
public struct OutboxPolicy: Sendable, Hashable {
    /// The wait after the first failure; each further one is twice as long. While a channel rests, something critical is tried this
    /// often all the same.
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
        let wait = wait(after: item.attempts + 1, item.id)
        return failed(item, failure, next: now + max(wait, asked(failure)), at: now)
    }

    /// The same where the whole channel fails and rests until then. What is critical waits no longer than it would by itself.
    func failed(
        _ item: OutboxItem, _ failure: DeliveryFailure, restingUntil end: Timestamp, isCritical: Bool, at now: Timestamp
    ) -> OutboxItem {
        let own = failed(item, failure, at: now)
        return isCritical && own.nextAttemptAt < end ? own : failed(item, failure, next: max(end, now), at: now)
    }

    private func failed(_ item: OutboxItem, _ failure: DeliveryFailure, next: Timestamp, at now: Timestamp) -> OutboxItem {
        var item = item
        item.attempts += 1
        item.lastError = failure.message
        if !failure.settled.isEmpty { item.settled = failure.settled }
        if failure.kind == .permanent || next >= item.firstDueAt + giveUpAfter {
            item.state = .failed
            item.endedAt = now
        } else {
            item.nextAttemptAt = next
        }
        return item
    }

    /// The item when its time is up while its channel rests; it is not tried for that.
    func givenUp(_ item: OutboxItem, _ rest: LaneRest, at now: Timestamp) -> OutboxItem {
        var item = item
        item.state = .failed
        item.lastError = "nothing has got through since \((rest.since ?? now).toTheSecond): \(rest.error)"
        item.endedAt = now
        return item
    }

    /// How long a channel is left alone after so many failures in a row.
    func rest(of channel: ChannelName, since: Timestamp, after failures: Int, _ failure: DeliveryFailure) -> Duration {
        max(wait(after: failures, "\(channel) \(since)"), asked(failure))
    }

    /// How long the other side asks to be left alone.
    func asked(_ failure: DeliveryFailure) -> Duration { min(failure.retryAfter ?? .zero, maximumRetryAfter) }

    /// Shortened by up to a fifth, the same for the same name and number, so that many do not come back at once.
    private func wait(after failures: Int, _ name: String) -> Duration {
        let full = min(delay * (1 << min(failures - 1, 20)), maximumDelay)
        return full - .microseconds(full.microseconds / 5 * Int64(StableHash.of("\(name)#\(failures)") % 1000) / 1000)
    }
}
