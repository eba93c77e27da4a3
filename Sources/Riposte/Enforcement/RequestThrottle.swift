internal import Synchronization

/// Counts the requests of whoever is throttled, in memory: the generic cell rate algorithm, which lets ``RateLimit/limit``
/// through at once and then one each `window / limit`, and keeps one number for each who is counted.
///
/// Bounded: of more than `capacity` those are let go first that have done nothing lately.
public final class RequestThrottle: Sendable {
    /// What a request is told.
    public struct Outcome: Sendable, Hashable {
        /// Whether the request gets through.
        public var isAllowed: Bool
        /// The limit it was counted against.
        public var rate: RateLimit
        /// How many more would get through now.
        public var remaining: Int
        /// When the next one gets through; zero where it would now.
        public var retryAfter: Duration
        /// When all of them get through again.
        public var reset: Duration
    }

    /// In each part, when those who are counted there have their whole allowance again, in microseconds.
    private let parts: [Part]
    private let capacity: Int

    private final class Part: Sendable {
        let full = Mutex<[Target: Int64]>([:])
    }

    /// - Parameter capacity: how many are counted at the same time.
    public init(capacity: Int = 65_536) {
        parts = (0..<16).map { _ in Part() }
        self.capacity = max(capacity / 16, 1)
    }

    /// Counts one request of `target` and says whether it gets through. One that does not is not counted.
    public func take(_ target: Target, _ rate: RateLimit, at time: Timestamp) -> Outcome {
        let window = Int64(max(rate.windowSeconds, 1)) * 1_000_000
        let step = max(window / Int64(max(rate.limit, 1)), 1)
        let now = time.microseconds
        return part(of: target).full.withLock { full in
            // A clock that was set back makes nobody wait longer than the window.
            let due = min(max(full[target] ?? now, now), now + window)
            let next = due + step
            guard next - now <= window else {
                full[target] = due
                return Outcome(
                    isAllowed: false, rate: rate, remaining: 0, retryAfter: .microseconds(next - window - now),
                    reset: .microseconds(due - now))
            }
            if full[target] == nil, full.count >= capacity { Self.makeRoom(in: &full, now) }
            full[target] = next
            return Outcome(
                isAllowed: true, rate: rate, remaining: Int((window - (next - now)) / step), retryAfter: .zero,
                reset: .microseconds(next - now))
        }
    }

    /// How many are counted now.
    var count: Int { parts.reduce(0) { $0 + $1.full.withLock(\.count) } }

    private func part(of target: Target) -> Part { parts[Int(UInt(bitPattern: target.hashValue) % UInt(parts.count))] }

    /// Whoever has the whole allowance again is as if never counted; of others an eighth goes, those that are nearest to it.
    private static func makeRoom(in full: inout [Target: Int64], _ now: Int64) {
        let before = full.count
        full = full.filter { $0.value > now }
        guard full.count == before else { return }
        for target in full.sorted(by: { $0.value < $1.value }).prefix(max(before / 8, 1)).map(\.key) { full[target] = nil }
    }
}
