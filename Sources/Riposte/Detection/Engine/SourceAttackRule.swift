/// How one address's failures add up.
struct SourceAttackRule {
    let limits: DetectionLimits

    /// The severity that the failures up to `time` reach, and the window that shows it. More than medium it is only where a
    /// failure at `time` itself counts in full.
    func bruteForce(_ state: AttackerState, at time: Int64) -> (severity: Severity, window: Int64)? {
        if state.failures.has(1, in: 0, upTo: time), let window = highWindow(state, at: time) { return (.high, window) }
        return isMedium(state, at: time) ? (.medium, limits.medium.window) : nil
    }

    private func highWindow(_ state: AttackerState, at time: Int64) -> Int64? {
        if state.failures.has(limits.high.count, in: limits.high.window, upTo: time) { return limits.high.window }
        for threshold in limits.slow where state.failures.has(threshold.count, in: threshold.window, upTo: time) {
            if hardlySucceeds(state, threshold.window, time) { return threshold.window }
        }
        return nil
    }

    private func isMedium(_ state: AttackerState, at time: Int64) -> Bool {
        let medium = limits.medium
        if state.failures.has(medium.count, in: medium.window, upTo: time) { return true }
        guard !state.familiar.isEmpty else { return false }
        return state.failures.window(medium.window, upTo: time).count + state.familiar.window(medium.window, upTo: time).count
            >= medium.count
    }

    /// A user counts once: otherwise somebody with one account of his own signs in now and then, and guesses on for ever.
    private func hardlySucceeds(_ state: AttackerState, _ window: Int64, _ time: Int64) -> Bool {
        let successes = Set(state.successes.window(window, upTo: time).map(\.user)).count
        guard successes > 0 else { return true }
        let failures = state.failures.window(window, upTo: time).count
        return Double(successes) <= limits.slowSuccessShare * Double(successes + failures)
    }

    /// Whether stuffing or a brute force of high severity was found at `time` or in the takeover window before.
    func isClearlyAttacking(_ state: AttackerState, at time: Int64) -> Bool {
        state.stuffing.happened(in: limits.takeoverWindow, upTo: time)
            || state.bruteForce.happened(in: limits.takeoverWindow, upTo: time, atLeast: .high)
    }

    /// Whether the source was attacking at `time` or in the takeover window before: it had reached the medium threshold, or
    /// stuffing was found.
    ///
    /// - Parameter user: whose failures are left out of the count; `nil` = nobody's.
    func isAttacking(_ state: AttackerState, at time: Int64, without user: UserID?) -> Bool {
        if state.stuffing.happened(in: limits.takeoverWindow, upTo: time) { return true }
        if user == nil, state.bruteForce.happened(in: limits.takeoverWindow, upTo: time, atLeast: .high) { return true }
        let times = state.failures.attempts.filter { $0.user != user && $0.time <= time }.map(\.time)
        let count = limits.medium.count
        return times.indices.dropFirst(count - 1).contains { index in
            times[index] >= time - limits.takeoverWindow && times[index] - times[index - count + 1] <= limits.medium.window
        }
    }
}
