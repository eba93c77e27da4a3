/// Whether attempts are credential stuffing: many users, few tries each, next to no success.
struct StuffingRule: Sendable {
    /// One step of the ladder, the more severe first.
    struct Level: Sendable {
        var severity: Severity
        var users: Int
        var attempts: Int
        var window: Int64
        var triesPerUser: Int
        var shareOfUsers: Double
        var successShare: Double
        /// A member of a network with more attempts than this is judged alone.
        var attemptsPerMember: Int
    }

    static func levels(_ configuration: CredentialStuffingConfiguration) -> [Level] {
        func level(_ severity: Severity, _ users: Int, _ attempts: Int, _ window: Duration) -> Level {
            Level(
                severity: severity, users: max(users, 1), attempts: max(attempts, 1), window: DetectionLimits.length(of: window),
                triesPerUser: configuration.triesPerUser, shareOfUsers: configuration.shareOfUsers,
                successShare: configuration.successShare, attemptsPerMember: configuration.attemptsPerMember)
        }
        return [
            level(.high, configuration.users, configuration.attempts, configuration.window),
            level(.medium, configuration.weakUsers, configuration.weakAttempts, configuration.weakWindow),
        ]
    }

    /// What was found: the level, and the attempts it rests on.
    struct Finding {
        var level: Level
        var users: Int
        var attempts: [Attempt]
    }

    let failures: AttemptRing
    let successes: AttemptRing
    /// Whether they are a network's: then those of members that stand out by themselves are left to these members.
    var isNetwork = false

    /// The first level that holds in its window up to `time`; where none does, how many attempts have to come at least before
    /// one can.
    func judge(_ levels: [Level], at time: Int64) -> (finding: Finding?, missing: Int) {
        var missing = Int.max
        for level in levels {
            let (finding, lacking) = judge(level, at: time)
            if let finding { return (finding, 0) }
            missing = min(missing, lacking)
        }
        return (nil, missing)
    }

    private func judge(_ level: Level, at time: Int64) -> (finding: Finding?, missing: Int) {
        var attempts = Array(failures.window(level.window, upTo: time)) + Self.latest(successes.window(level.window, upTo: time))
        guard attempts.count >= level.attempts else { return (nil, level.attempts - attempts.count) }
        if isNetwork { attempts = Self.inconspicuous(attempts, level.attemptsPerMember) }
        let succeeded = Set(attempts.lazy.filter { $0.outcome == .success }.map(\.user)).count
        guard attempts.count >= level.attempts, Double(succeeded) <= level.successShare * Double(attempts.count) else { return (nil, 0) }
        let tries = Self.tries(attempts)
        // A network's can rise by more than one with an attempt: members that stood out become inconspicuous again.
        guard tries.count >= level.users else { return (nil, isNetwork ? 0 : level.users - tries.count) }
        let light = tries.count { $0 <= level.triesPerUser }
        attempts.sort { $0.time < $1.time }
        // What rests on others' attempts alone was judged when those came.
        guard Double(light) >= level.shareOfUsers * Double(tries.count), attempts.last?.time == time else { return (nil, 0) }
        return (Finding(level: level, users: tries.count, attempts: attempts), 0)
    }

    /// Of each user's successes at each source the latest: with an account of one's own, any number can be had, and they must
    /// not hide what is done to others.
    private static func latest(_ successes: ArraySlice<Attempt>) -> [Attempt] {
        struct Pair: Hashable {
            var user: UserID
            var source: AttackerKey
        }
        var seen: Set<Pair> = []
        return successes.reversed().filter { seen.insert(Pair(user: $0.user, source: AttackerKey($0.address))).inserted }.reversed()
    }

    /// How often each user was tried.
    private static func tries(_ attempts: [Attempt]) -> [Int] { runs(attempts.map(\.user).sorted()) }

    /// Those of members with few attempts.
    private static func inconspicuous(_ attempts: [Attempt], _ limit: Int) -> [Attempt] {
        var counts: [AttackerKey: Int] = [:]
        for attempt in attempts { counts[AttackerKey(attempt.address), default: 0] += 1 }
        return attempts.filter { counts[AttackerKey($0.address), default: 0] <= limit }
    }

    /// How long each run of equal neighbours is.
    private static func runs<Value: Equatable>(_ sorted: [Value]) -> [Int] {
        var lengths: [Int] = []
        for (index, value) in sorted.enumerated() {
            if index > 0, sorted[index - 1] == value { lengths[lengths.count - 1] += 1 } else { lengths.append(1) }
        }
        return lengths
    }
}
