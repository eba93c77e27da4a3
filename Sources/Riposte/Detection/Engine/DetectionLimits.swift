/// The configuration in the numbers that every event is compared with: microseconds instead of durations.
struct DetectionLimits: Sendable {
    struct Threshold: Sendable {
        var count: Int
        var window: Int64

        init(_ count: Int, _ window: Duration) { (self.count, self.window) = (count, window.microseconds) }
    }

    let medium: Threshold
    let high: [Threshold]
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
    let distributedTries: Int
    let window: Int64
    let maximumKeys: Int
    let salt: UInt64

    init(_ configuration: DetectionConfiguration) {
        let brute = configuration.bruteForce
        medium = Threshold(brute.ipFailures, brute.ipWindow)
        high = [Threshold(brute.ipHighFailures, brute.ipHighWindow)]
        slow = [Threshold(brute.slowFailures, brute.slowWindow), Threshold(brute.slowestFailures, brute.slowestWindow)]
        slowSuccessShare = brute.slowSuccessShare
        userLow = Threshold(brute.userFailures, brute.userWindow)
        userHigh = Threshold(brute.userHighFailures, brute.userWindow)
        dominantShare = brute.dominantShare
        distributed = Threshold(brute.distributedFailures, brute.distributedWindow)
        distributedCritical = brute.distributedCriticalFailures
        distributedAddresses = brute.distributedAddresses
        bruteForceCooldown = brute.cooldown.microseconds
        stuffing = StuffingRule.levels(configuration.credentialStuffing)
        stuffingCooldown = configuration.credentialStuffing.cooldown.microseconds
        takeoverWindow = configuration.successAfterFailures.window.microseconds
        takeoverCooldown = configuration.successAfterFailures.cooldown.microseconds
        distributedTries = configuration.successAfterFailures.distributedTries
        window = configuration.window.microseconds
        maximumKeys = configuration.maximumKeys
        salt = configuration.salt
    }

    /// With fewer users there is no stuffing.
    var fewestUsers: Int { stuffing.map(\.users).min() ?? 0 }

    /// The longest time over which attempts are counted together.
    var longestCount: Int64 {
        max(medium.window, high.map(\.window).max() ?? 0, slow.map(\.window).max() ?? 0, stuffing.map(\.window).max() ?? 0)
    }
}
