extension AttackerState {
    mutating func forget(upTo limit: Int64) {
        failures.remove { $0.time <= limit }
        familiar.remove { $0.time <= limit }
        successes.remove { $0.time <= limit }
        bruteForce.forget(upTo: limit)
        stuffing.forget(upTo: limit)
        attemptsToStuffing = 0
    }
}

extension UserState {
    mutating func removeFailures(_ isGone: (Attempt) -> Bool) {
        failures.remove(where: isGone)
        familiar.remove(where: isGone)
    }

    mutating func forget(upTo limit: Int64, _ isGone: (Attempt) -> Bool) {
        removeFailures(isGone)
        bruteForce.forget(upTo: limit)
        distributed.forget(upTo: limit)
        takeover.forget(upTo: limit)
        forgotten = max(forgotten, limit)
    }
}

extension NetworkState {
    /// Forgets what `range` of the network `whole` did. What was found about the network stays found, unless all of it is
    /// let go: the other members are named for it.
    mutating func forget(_ range: AddressRange, of whole: AddressRange, upTo limit: Int64, _ isGone: (Attempt) -> Bool) {
        failures.remove(where: isGone)
        successes.remove(where: isGone)
        named.forget(range, upTo: limit)
        if range.contains(whole) { stuffing.forget(upTo: limit) }
        attemptsToStuffing = 0
    }
}
