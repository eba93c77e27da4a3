/// What is held about one attacker's address.
struct AttackerState: Sendable {
    /// Failures that count in full.
    var failures = AttemptRing()
    /// Failures of users who had signed in from here before: a phone with an old password. They can make a finding medium.
    var familiar = AttemptRing()
    var successes = AttemptRing()
    var bruteForce = Finds()
    var stuffing = Finds()
    /// How many attempts can still come before there can be enough users for stuffing.
    var attemptsToStuffing = 0
    /// How many users it has made a key for.
    var userKeys = 0
    var lastSeen: Int64

    /// How many attempts are held.
    var held: Int { failures.held + familiar.held + successes.held }

    /// The times after `time` at which a window can end that a failure at `time` belongs to.
    func failureTimes(after time: Int64, within length: Int64) -> [Int64] {
        AttemptRing.times(after: time, within: length, failures, familiar)
    }
}

/// What is held about one existing account under attack.
struct UserState: Sendable {
    var name: String
    /// Failures that count in full, and those from where the user is known.
    var failures = AttemptRing()
    var familiar = AttemptRing()
    var bruteForce = Finds()
    var distributed = Finds()
    var takeover = Finds()
    /// The source that made it a key.
    var maker: AttackerKey?
    /// What failed up to here says nothing about the account any more, because somebody let it go.
    var forgotten = Int64.min
    var lastSeen: Int64

    /// How many attempts are held.
    var held: Int { failures.held + familiar.held }

    /// The times after `time` at which a window can end that a failure at `time` belongs to.
    func failureTimes(after time: Int64, within length: Int64) -> [Int64] {
        AttemptRing.times(after: time, within: length, failures, familiar)
    }
}

/// What is held about a /24 or /48 with more than one attacker in it; of one with a single attacker, only who that is.
struct NetworkState: Sendable {
    var firstMember: AttackerKey
    var isShared = false
    var failures = AttemptRing()
    var successes = AttemptRing()
    var stuffing = Finds()
    var named = NamedMembers()
    var attemptsToStuffing = 0
    var lastSeen: Int64

    /// How many attempts are held.
    var held: Int { failures.held + successes.held }
}
