internal import Synchronization

/// Which effects want what of which target, and the decisions that come of it.
final class DecisionClaims: Sendable {
    private struct State {
        /// Mostly one each: a dictionary in the dictionary would take twice the memory.
        var claims: [DecisionKey: [Effect]] = [:]
        var snapshot = DecisionSnapshot()
        /// Keys that somebody is changing, and how many are.
        var unsettled: [DecisionKey: Int] = [:]
    }

    private let state = Mutex(State())
    private let changed = Broadcast()

    /// What is in force, as of now.
    var snapshot: DecisionSnapshot { state.withLock { $0.snapshot } }

    /// Looks at what is in force without copying it; short, because everything else waits.
    func read<Result: Sendable>(_ body: (DecisionSnapshot) -> Result) -> Result { state.withLock { body($0.snapshot) } }

    /// Returns when `isSo` of what is in force, or the task is cancelled.
    func wait(until isSo: @Sendable (DecisionSnapshot) -> Bool) async { await changed.wait { self.read(isSo) } }

    /// The decisions of these keys that there are.
    func decisions(_ keys: Set<DecisionKey>) -> [Decision] {
        state.withLock { state in keys.compactMap { state.snapshot[$0] } }
    }

    /// The effects behind one decision, oldest first.
    func effects(_ key: DecisionKey) -> [Effect] {
        let claims = state.withLock { $0.claims[key] ?? [] }
        return claims.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    func holds(_ effect: Effect) -> Bool {
        state.withLock { $0.claims[effect.decisionKey]?.contains { $0.id == effect.id } ?? false }
    }

    /// Adds a claim; the answer is the decision before and after.
    func add(_ effect: Effect) -> (before: Decision?, after: Decision?) { change(effect) { $0.append(effect) } }

    func remove(_ effect: Effect) -> (before: Decision?, after: Decision?) { change(effect) { _ in } }

    /// Runs `body`, which changes this key and tells the enforcers: until it ends they may hold something else than we do.
    func settling<Answer>(_ key: DecisionKey, _ body: () async throws -> Answer) async rethrows -> Answer {
        state.withLock { $0.unsettled[key, default: 0] += 1 }
        defer {
            state.withLock { state in
                let left = (state.unsettled[key] ?? 1) - 1
                state.unsettled[key] = left > 0 ? left : nil
            }
        }
        return try await body()
    }

    /// Everything there is, and of which keys the enforcers may not know yet.
    var whole: (decisions: [Decision], unsettled: Set<DecisionKey>) {
        let (snapshot, unsettled) = state.withLock { ($0.snapshot, Set($0.unsettled.keys)) }
        return (snapshot.all, unsettled)
    }

    /// - Parameter body: gets what the others want of the same key.
    private func change(_ effect: Effect, _ body: (inout [Effect]) -> Void) -> (before: Decision?, after: Decision?) {
        let key = effect.decisionKey
        defer { changed.wake() }
        return state.withLock { state in
            var claims = state.claims[key] ?? []
            let before = Decision(merging: claims)
            claims.removeAll { $0.id == effect.id }
            body(&claims)
            let after = Decision(merging: claims)
            state.claims[key] = claims.isEmpty ? nil : claims
            state.snapshot.set(after, key: key)
            return (before, after)
        }
    }
}
