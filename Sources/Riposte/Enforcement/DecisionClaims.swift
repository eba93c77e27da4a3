internal import Synchronization

/// Which effects want what of which target, and the decisions that come of it.
final class DecisionClaims: Sendable {
    private struct State {
        /// Of each key, oldest first; mostly one each: a dictionary in the dictionary would take twice the memory.
        var claims: [DecisionKey: [Effect]] = [:]
        var table = DecisionTable()
        /// Keys that somebody is changing, and how many are.
        var unsettled: [DecisionKey: Int] = [:]

        mutating func change(_ effect: Effect, _ body: (inout [Effect]) -> Void) -> (before: Decision?, after: Decision?) {
            let key = effect.decisionKey
            let after = Self.change(&claims[key, default: []], body)
            if after == nil { claims[key] = nil }
            return (table.set(after, key: key), after)
        }

        private static func change(_ effects: inout [Effect], _ body: (inout [Effect]) -> Void) -> Decision? {
            body(&effects)
            return Decision(merging: effects)
        }
    }

    private let state = Mutex(State())
    /// Apart from the rest, so that whoever asks waits for no change that is being made.
    private let published = Mutex(DecisionSnapshot())
    private let changed = Broadcast()

    /// What is in force, as of now.
    var snapshot: DecisionSnapshot { published.withLock { $0 } }

    /// Returns when `isSo` of what is in force, or the task is cancelled.
    func wait(until isSo: @Sendable (DecisionSnapshot) -> Bool) async { await changed.wait { isSo(self.snapshot) } }

    /// The decisions of these keys that there are.
    func decisions(_ keys: Set<DecisionKey>) -> [Decision] {
        let snapshot = snapshot
        return keys.compactMap { snapshot[$0] }
    }

    /// The effects behind one decision, oldest first.
    func effects(_ key: DecisionKey) -> [Effect] { state.withLock { $0.claims[key] ?? [] } }

    func holds(_ effect: Effect) -> Bool {
        state.withLock { $0.claims[effect.decisionKey]?.contains { $0.id == effect.id } ?? false }
    }

    /// Adds a claim; the answer is the decision before and after.
    func add(_ effect: Effect) -> (before: Decision?, after: Decision?) { change { $0.change(effect) { $0.add(effect) } } }

    func remove(_ effect: Effect) -> (before: Decision?, after: Decision?) {
        change { $0.change(effect) { $0.removeAll { $0.id == effect.id } } }
    }

    /// Adds many at once.
    func add(_ effects: [Effect]) {
        change { state in
            state.claims.reserveCapacity(state.claims.count + effects.count)
            for effect in effects { _ = state.change(effect) { $0.add(effect) } }
        }
    }

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
        let (table, unsettled) = state.withLock { ($0.table, Set($0.unsettled.keys)) }
        return (DecisionSnapshot(table).all, unsettled)
    }

    private func change<Answer: Sendable>(_ body: (inout State) -> Answer) -> Answer {
        defer { changed.wake() }
        return state.withLock { state in
            let answer = body(&state)
            // Swapped, so that what the old one held is let go outside the lock.
            var snapshot = DecisionSnapshot(state.table)
            published.withLock { swap(&$0, &snapshot) }
            return answer
        }
    }
}

extension [Effect] {
    /// In the place of what has its id, or by its age.
    fileprivate mutating func add(_ effect: Effect) {
        removeAll { $0.id == effect.id }
        insert(effect, at: firstIndex { (effect.createdAt, effect.id) < ($0.createdAt, $0.id) } ?? endIndex)
    }
}
