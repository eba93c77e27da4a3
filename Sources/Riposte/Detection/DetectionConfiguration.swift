/// Every threshold and window of the shipped detectors. Sources are keyed at /32 and /64.
public struct DetectionConfiguration: Sendable, Hashable {
    /// The thresholds of `brute_force`.
    public var bruteForce = BruteForceConfiguration()
    /// The thresholds of `credential_stuffing`.
    public var credentialStuffing = CredentialStuffingConfiguration()
    /// The thresholds of `success_after_failures`.
    public var successAfterFailures = SuccessAfterFailuresConfiguration()
    /// How many sources, users, networks and known pairs are tracked, each; beyond it the stalest are evicted and counted.
    /// Each takes 256 bytes or so, with twice as many attempts of each kind altogether.
    public var maximumKeys = 1_000_000
    /// Mixed into the hashes that stand for unknown user names, which are only comparable where the salt is the same.
    public var salt = UInt64.random(in: .min ... .max)

    /// Creates the configuration that everything ships with, with a salt of its own.
    public init() {}

    /// How far back any of the detectors looks, what was found within the cooldown included.
    public var window: Duration {
        [
            bruteForce.ipWindow, bruteForce.ipHighWindow, bruteForce.slowWindow, bruteForce.slowestWindow, bruteForce.userWindow,
            bruteForce.distributedWindow, credentialStuffing.window, credentialStuffing.weakWindow, successAfterFailures.window,
            bruteForce.cooldown, credentialStuffing.cooldown, successAfterFailures.cooldown,
        ].max() ?? .hours(24)
    }
}

/// `brute_force.ip`, `brute_force.user`, `brute_force.distributed`.
public struct BruteForceConfiguration: Sendable, Hashable {
    // Counts are at least 1; with more than 128 a detector finds nothing, because so many attempts are kept of each key.

    /// By address: so many failures in this time are medium, …
    public var ipFailures = 5
    /// In which time ``ipFailures`` count together.
    public var ipWindow: Duration = .minutes(10)
    /// … so many in this time high, …
    public var ipHighFailures = 10
    /// In which time ``ipHighFailures`` count together.
    public var ipHighWindow: Duration = .minutes(15)
    /// … and so, slowly, where at most a share of the attempts succeeds.
    public var slowFailures = 20
    /// In which time ``slowFailures`` count together.
    public var slowWindow: Duration = .hours(6)
    /// The slower of the two slow forms: so many failures within ``slowestWindow``.
    public var slowestFailures = 40
    /// In which time ``slowestFailures`` count together.
    public var slowestWindow: Duration = .hours(24)
    /// The slow forms are found only where at most this share of the attempts succeeds, 0…1: an office does better.
    public var slowSuccessShare = 0.1
    /// By user: low, and high.
    public var userFailures = 5
    /// So many failures of one account within ``userWindow`` are high.
    public var userHighFailures = 10
    /// In which time failures of one account count together.
    public var userWindow: Duration = .minutes(10)
    /// Where one source has this share of a user's failures, they are that source's alone.
    public var dominantShare = 0.8
    /// Distributed: high, and critical.
    public var distributedAddresses = 5
    /// So many failures of one account, from ``distributedAddresses`` addresses, are high.
    public var distributedFailures = 10
    /// So many of them are critical.
    public var distributedCriticalFailures = 20
    /// In which time failures from many addresses count together.
    public var distributedWindow: Duration = .minutes(30)
    /// The same finding about the same key is made again only after this.
    public var cooldown: Duration = .minutes(10)

    /// Creates the thresholds that everything ships with.
    public init() {}
}

/// `credential_stuffing`, by address and by /24 or /48.
public struct CredentialStuffingConfiguration: Sendable, Hashable {
    /// So many different accounts, with ``attempts`` attempts within ``window``, are found.
    public var users = 15
    /// How many attempts it takes beside ``users``.
    public var attempts = 25
    /// In which time accounts and attempts count together.
    public var window: Duration = .minutes(15)
    /// This share of the users has at most ``triesPerUser`` tries.
    public var triesPerUser = 2
    /// How many of the accounts have so few tries, 0…1: who tries one account often is guessing, not stuffing.
    public var shareOfUsers = 0.8
    /// The weaker form, medium.
    public var weakUsers = 10
    /// How many attempts the weaker form takes.
    public var weakAttempts = 20
    /// In which time accounts and attempts of the weaker form count together.
    public var weakWindow: Duration = .minutes(30)
    /// At most this share of the attempts succeeds.
    public var successShare = 0.1
    /// An address with more attempts than this is judged alone, and not with its network.
    public var attemptsPerMember = 4
    /// The same finding about the same key is made again only after this.
    public var cooldown: Duration = .minutes(10)

    /// Creates the thresholds that everything ships with.
    public init() {}
}

/// `success_after_failures`.
public struct SuccessAfterFailuresConfiguration: Sendable, Hashable {
    /// How long after an attack of its source a success counts.
    public var window: Duration = .hours(1)
    /// How often a source must have failed for the account, unless it was found stuffing or attacking with high severity:
    /// with fewer it is as likely the owner, who mistypes where colleagues have mistyped or while others attack the account.
    public var tries = 3
    /// The same finding about the same key is made again only after this.
    public var cooldown: Duration = .minutes(10)

    /// Creates the thresholds that everything ships with.
    public init() {}
}
