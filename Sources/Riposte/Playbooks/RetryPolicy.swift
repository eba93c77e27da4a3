/// How often and when a failed attempt is made again. Only transient failures are, and time-outs where the policy says so.
public struct RetryPolicy: Sendable, Hashable {
    /// Attempts in all, the first included; at least 1.
    public var attempts: Int
    /// The wait before the second attempt.
    public var delay: Duration
    /// Whether each wait is twice the last.
    public var isExponential: Bool
    /// No wait is longer, unless the other side asks for it.
    public var maximumDelay: Duration
    /// Whether a wait is shortened by up to half, the same for the same run and step, so that many runs do not return at once.
    public var hasJitter: Bool
    /// Whether an attempt that was given up because it took too long is made again.
    public var retriesTimeouts: Bool

    /// Creates a policy; the defaults are those of ``standard``.
    public init(
        attempts: Int = 3, delay: Duration = .seconds(1), isExponential: Bool = true, maximumDelay: Duration = .seconds(30),
        hasJitter: Bool = true, retriesTimeouts: Bool = false
    ) {
        self.attempts = max(attempts, 1)
        self.delay = delay
        self.isExponential = isExponential
        self.maximumDelay = maximumDelay
        self.hasJitter = hasJitter
        self.retriesTimeouts = retriesTimeouts
    }

    /// Three attempts, after one second and after two.
    public static let standard = RetryPolicy()
    /// One attempt.
    public static let none = RetryPolicy(attempts: 1)

    /// The wait after attempt number `attempt` (from 1) has failed; `key` chooses the jitter.
    public func wait(after attempt: Int, key: String) -> Duration {
        let doublings = isExponential ? min(max(attempt - 1, 0), 30) : 0
        let full = min(delay * (1 << doublings), maximumDelay)
        guard hasJitter else { return full }
        return full - .microseconds(full.microseconds / 2 * Int64(StableHash.of("\(key)#\(attempt)") % 1000) / 1000)
    }
}
