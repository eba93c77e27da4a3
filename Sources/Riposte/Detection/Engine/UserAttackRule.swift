/// From where one user's failures come.
struct UserAttackRule {
    let limits: DetectionLimits

    /// Failures for one user from several places that none of them dominates. Those from where the user is known neither
    /// make it high nor hide that it is.
    func byUser(_ state: UserState, at time: Int64) -> (severity: Severity, attempts: [Attempt])? {
        let failed = Array(state.failures.window(limits.userHigh.window, upTo: time))
        if failed.count >= limits.userHigh.count, failed.last?.time == time, allows(.high, state, time), !isDominated(failed) {
            return (.high, failed)
        }
        let familiar = state.familiar.isEmpty ? [] : state.familiar.window(limits.userLow.window, upTo: time)
        guard failed.count + familiar.count >= limits.userLow.count, allows(.low, state, time) else { return nil }
        let attempts = familiar.isEmpty ? failed : (failed + familiar).sorted { $0.time < $1.time }
        return isDominated(attempts) ? nil : (.low, attempts)
    }

    private func allows(_ severity: Severity, _ state: UserState, _ time: Int64) -> Bool {
        state.bruteForce.allows(severity, at: time, cooldown: limits.bruteForceCooldown)
    }

    /// Failures for one user from many places.
    func distributed(_ state: UserState, at time: Int64) -> (severity: Severity, attempts: [Attempt])? {
        guard state.failures.has(limits.distributed.count, in: limits.distributed.window, upTo: time) else { return nil }
        let attempts = state.failures.window(limits.distributed.window, upTo: time)
        let severity: Severity = attempts.count >= limits.distributedCritical ? .critical : .high
        guard attempts.last?.time == time, state.distributed.allows(severity, at: time, cooldown: limits.bruteForceCooldown),
            attempts.count - trailingRun(attempts) >= limits.distributedAddresses - 1,
            Set(attempts.map { AttackerKey($0.address) }).count(where: { !$0.isNone }) >= limits.distributedAddresses
        else { return nil }
        return (severity, Array(attempts))
    }

    private func isDominated(_ attempts: [Attempt]) -> Bool {
        let enough = limits.dominantShare * Double(attempts.count)
        if Double(trailingRun(attempts[...])) >= enough { return true }
        var counts: [AttackerKey: Int] = [:]
        for attempt in attempts { counts[AttackerKey(attempt.address), default: 0] += 1 }
        return counts.contains { !$0.key.isNone && Double($0.value) >= enough }
    }

    /// How many of the latest come from one place: the quick answer where a single attacker is at work.
    private func trailingRun(_ attempts: ArraySlice<Attempt>) -> Int {
        guard let last = attempts.last.map({ AttackerKey($0.address) }), !last.isNone else { return 0 }
        return attempts.reversed().prefix { AttackerKey($0.address) == last }.count
    }
}
