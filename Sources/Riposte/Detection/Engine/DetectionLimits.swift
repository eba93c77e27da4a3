/// The configuration in the numbers that every event is compared with: microseconds instead of durations.
struct DetectionLimits: Sendable {
    struct Threshold: Sendable {
        var count: Int
        var window: Int64

        init(_ count: Int, _ window: Duration) { (self.count, self.window) = (max(count, 1), DetectionLimits.length(of: window)) }
    }

    /// Times and lengths stay within these, so that no sum of them overflows: the years 0 to 9999, and ten years.
    static let times: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999
    static let longest: Int64 = 10 * 366 * 86_400 * 1_000_000

    static func length(of duration: Duration) -> Int64 { min(max(duration.microseconds, 0), longest) }

    let medium: Threshold
    let high: Threshold
    let slow: [Threshold]
    let slowSuccessShare: Double
    let userLow: Threshold
    let userHigh: Threshold
    let dominantShare: Double
    let distributed: Threshold
    let distributedCritical: Int
    let distributedAddresses: Int
    let bruteForceCooldown: Int64
    let stuffing: [StuffingRule.Level]
    let stuffingCooldown: Int64
    let takeoverWindow: Int64
    let takeoverCooldown: Int64
    let tries: Int
    let window: Int64
    let maximumKeys: Int
    /// How many attempts each of the three tables holds at most, all its keys taken together.
    let maximumAttempts: Int
    let salt: UInt64

    /// The longest time over which attempts are counted together.
    let longestCount: Int64

    init(_ configuration: DetectionConfiguration) {
        let brute = configuration.bruteForce
        medium = Threshold(brute.ipFailures, brute.ipWindow)
        high = Threshold(brute.ipHighFailures, brute.ipHighWindow)
        slow = [Threshold(brute.slowFailures, brute.slowWindow), Threshold(brute.slowestFailures, brute.slowestWindow)]
        slowSuccessShare = brute.slowSuccessShare
        userLow = Threshold(brute.userFailures, brute.userWindow)
        userHigh = Threshold(brute.userHighFailures, brute.userWindow)
        dominantShare = brute.dominantShare
        distributed = Threshold(brute.distributedFailures, brute.distributedWindow)
        distributedCritical = brute.distributedCriticalFailures
        distributedAddresses = brute.distributedAddresses
        bruteForceCooldown = Self.length(of: brute.cooldown)
        stuffing = StuffingRule.levels(configuration.credentialStuffing)
        stuffingCooldown = Self.length(of: configuration.credentialStuffing.cooldown)
        takeoverWindow = Self.length(of: configuration.successAfterFailures.window)
        takeoverCooldown = Self.length(of: configuration.successAfterFailures.cooldown)
        tries = configuration.successAfterFailures.tries
        window = Self.length(of: configuration.window)
        maximumKeys = min(max(configuration.maximumKeys, 1), Int(UInt32.max) / 4)
        maximumAttempts = 2 * max(maximumKeys, AttemptRing.capacity)
        salt = configuration.salt
        let windows = [medium.window, high.window, userLow.window, distributed.window] + slow.map(\.window) + stuffing.map(\.window)
        longestCount = windows.max() ?? 0
    }
}
