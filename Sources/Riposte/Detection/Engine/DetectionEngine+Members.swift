/// Who of many is named as a target: those who behave like attackers.
extension DetectionEngine {
    /// As many members of a network are named at most; more than are ever kept of it.
    private static let mostMembers = 256
    /// So many new members are always enough to be told of within the cooldown.
    private static let enoughMembers = 64

    /// The members of a network that failed, the most active first.
    func members(_ attempts: [Attempt], at time: Int64) -> [AttackerKey] {
        var counts: [AttackerKey: Int] = [:]
        var tried: [AttackerKey: Set<UserID>] = [:]
        for attempt in attempts where attempt.outcome == .failure {
            let key = AttackerKey(attempt.address)
            counts[key, default: 0] += 1
            tried[key, default: []].insert(attempt.user)
        }
        let named = counts.filter { !isWorkplace($0.key, failures: $0.value, of: tried[$0.key] ?? [], at: time) }
        return named.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostMembers).map(\.key)
    }

    /// Whether there are enough members that were not named within the cooldown: a quarter of those that were, or 64. So an
    /// attack of a thousand members is told of some thirty times in a cooldown and not a thousand times.
    func hasEnoughNew(_ members: [AttackerKey], named: Set<AttackerKey>) -> Bool {
        members.count { !named.contains($0) } >= max(min(named.count / 4, Self.enoughMembers), 1)
    }

    /// The sources of one user's failures that are named: not those with a single one, which may be the user's own, not where
    /// the user is known, and no workplaces.
    func attackers(of user: UserID, _ attempts: [Attempt], at time: Int64) -> [AttackerKey] {
        var counts: [AttackerKey: Int] = [:]
        for attempt in attempts where !attempt.address.isUnspecified { counts[AttackerKey(attempt.address), default: 0] += 1 }
        let named = counts.filter { key, failures in
            failures > 1 && !known.has(user, key) && !isWorkplace(key, failures: failures, of: [user], at: time)
        }
        return named.keys.sorted()
    }

    /// Whether people work there, one of whom mistypes: few failures, and fewer than there are other users who are known
    /// there and have signed in lately. So an attacker needs, at each address, an account of his own for each guess and one
    /// more. A place that was found to attack is none.
    func isWorkplace(_ key: AttackerKey, failures: Int, of tried: Set<UserID>, at time: Int64) -> Bool {
        guard failures < limits.medium.count, let place = sources.place(of: key), sources.values[place].successes.count > failures,
            !SourceAttackRule(limits: limits).isClearlyAttacking(sources.values[place], at: time)
        else { return false }
        let users = Set(sources.values[place].successes.window(limits.window, upTo: time).map(\.user)).subtracting(tried)
        return users.count { known.has($0, key) } > failures
    }
}
