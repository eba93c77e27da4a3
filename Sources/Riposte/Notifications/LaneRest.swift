/// Whether one channel is left alone for a while because it fails as a whole. No I/O: told what comes of each attempt.
///
/// While it rests nothing is tried but one item as a probe when the rest is over, and beside it what is critical, one a second.
/// The first that gets through ends the rest.
struct LaneRest: Sendable, Hashable {
    /// What made for an attempt.
    enum Turn: Sendable, Hashable {
        /// Nothing was wrong: many are tried at once.
        case open
        /// The rest was over, and one was tried.
        case probe
        /// It could not wait for that.
        case critical
    }

    /// Until when; `nil` = it does not rest. It may be over, and no probe made yet.
    private(set) var until: Timestamp?
    /// Since when nothing gets through.
    private(set) var since: Timestamp?
    /// What the last failure said.
    private(set) var error = ""
    private var probes = 0
    private var criticalAt: Timestamp?
    private var hasDelivered = false
    /// Items that failed again although others got through; none has since.
    private var doubtful: Set<String> = []

    /// When so many are doubtful, it is not the items.
    private static let credit = 3

    var isResting: Bool { until != nil }

    /// The turn of something critical that is due; `nil` = the last one was just now.
    mutating func critical(at now: Timestamp, every interval: Duration) -> Turn? {
        guard isResting else { return .open }
        if let last = criticalAt, now < last + interval, now >= last { return nil }
        criticalAt = now
        return .critical
    }

    /// Somebody was reached.
    mutating func delivered(_ turn: Turn) {
        doubtful = []
        // What was under way when the rest began does not end it.
        guard !isResting || turn != .open else { return }
        self = LaneRest()
        hasDelivered = true
    }

    /// - Returns: until when the channel rests, and the item with it; `nil` where the failure is the item's own.
    mutating func failed(
        _ failure: DeliveryFailure, _ item: OutboxItem, _ turn: Turn, _ policy: OutboxPolicy, at now: Timestamp
    ) -> Timestamp? {
        let reached = failure.settled.count(where: \.isReached)
        guard failure.kind != .permanent, reached == 0 else {
            // The others wait for their own reasons.
            if reached > item.settled?.count(where: \.isReached) ?? 0 { delivered(turn) }
            return nil
        }
        if !isResting, hasDelivered, item.attempts > 0 {
            doubtful.insert(item.id)
            guard doubtful.count >= Self.credit else { return nil }
        }
        error = failure.message
        let began = since ?? now
        since = began
        func wait(_ failures: Int) -> Timestamp { now + policy.rest(of: item.channel, since: began, after: failures, failure) }
        switch (turn, until) {
        case (.critical, let end?):
            until = max(end, now + policy.asked(failure))
            // Where the rest is over the probe comes right after, and will do no better.
            return end > now ? until : wait(probes + 1)
        case (.open, let end?): until = max(end, wait(probes))
        default:
            probes += 1
            until = wait(probes)
        }
        return until
    }
}
