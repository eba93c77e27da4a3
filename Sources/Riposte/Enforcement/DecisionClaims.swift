internal import Synchronization

/// Which effects want what of which target, and the decisions that come of it.
final class DecisionClaims: Sendable {
    private struct State {
        var claims: [DecisionKey: [EffectID: Effect]] = [:]
        var snapshot = DecisionSnapshot()
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

    func holds(_ effect: Effect) -> Bool { state.withLock { $0.claims[effect.decisionKey]?[effect.id] != nil } }

    /// Adds a claim; the answer is the decision before and after.
    func add(_ effect: Effect) -> (before: Decision?, after: Decision?) { change(effect) { $0[effect.id] = effect } }

    func remove(_ effect: Effect) -> (before: Decision?, after: Decision?) { change(effect) { $0[effect.id] = nil } }

    private func change(_ effect: Effect, _ body: (inout [EffectID: Effect]) -> Void) -> (before: Decision?, after: Decision?) {
        let key = effect.decisionKey
        defer { changed.wake() }
        return state.withLock { state in
            var claims = state.claims[key] ?? [:]
            let before = Decision(merging: claims.values)
            body(&claims)
            let after = Decision(merging: claims.values)
            state.claims[key] = claims.isEmpty ? nil : claims
            state.snapshot.set(after, key: key)
            return (before, after)
        }
    }
}
