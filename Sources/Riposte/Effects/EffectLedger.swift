internal import Synchronization

/// The effects that somebody still has to take back, in memory, in step with the store. The one place where an
/// effect changes, so that each change has the next version.
final class EffectLedger: Sendable {
    /// An effect is large, and a table has up to twice as many places as entries.
    private final class Entry: Sendable {
        let effect: Effect
        init(_ effect: Effect) { self.effect = effect }
    }

    private struct State {
        private var entries: [EffectID: Entry] = [:]
        var byTarget: [Target: Set<EffectID>] = [:]
        var byRun: [RunID: Set<EffectID>] = [:]
        /// No effect is due before this: most looks at what is due end here.
        var earliestDue: Timestamp = .distantFuture

        subscript(id: EffectID) -> Effect? { entries[id]?.effect }
        var effects: some Sequence<Effect> { entries.values.lazy.map(\.effect) }

        mutating func put(_ effect: Effect) {
            guard effect.state.isOpen else { return remove(effect.id) }
            entries[effect.id] = Entry(effect)
            byTarget[effect.target, default: []].insert(effect.id)
            byRun[effect.runID, default: []].insert(effect.id)
            if let due = effect.dueAt { earliestDue = min(earliestDue, due) }
        }

        mutating func remove(_ id: EffectID) {
            guard let effect = entries.removeValue(forKey: id)?.effect else { return }
            byTarget[effect.target]?.remove(id)
            if byTarget[effect.target]?.isEmpty == true { byTarget[effect.target] = nil }
            byRun[effect.runID]?.remove(id)
            if byRun[effect.runID]?.isEmpty == true { byRun[effect.runID] = nil }
        }
    }

    private let state = Mutex(State())

    /// Replaces everything by what the store says, at start.
    func load(_ loaded: [Effect]) {
        state.withLock { state in
            state = State()
            for effect in loaded { state.put(effect) }
        }
    }

    /// Replaces what belongs to one run by what the store says, after a write of it has failed.
    func reload(_ run: RunID, _ loaded: [Effect]) {
        state.withLock { state in
            for id in state.byRun[run] ?? [] { state.remove(id) }
            for effect in loaded { state.put(effect) }
        }
    }

    subscript(id: EffectID) -> Effect? { state.withLock { $0[id] } }

    /// All that are open, by creation. O(n log n).
    var open: [Effect] { state.withLock { Self.sorted($0.effects) } }

    /// Those on one target, by creation.
    func open(on target: Target) -> [Effect] {
        state.withLock { state in Self.sorted((state.byTarget[target] ?? []).compactMap { state[$0] }) }
    }

    /// Those of one run, by creation.
    func open(of run: RunID) -> [Effect] {
        state.withLock { state in Self.sorted((state.byRun[run] ?? []).compactMap { state[$0] }) }
    }

    /// Those to be taken back by `now`, by creation. O(1) while nothing is due.
    func due(at now: Timestamp) -> [Effect] {
        state.withLock { state in
            guard state.earliestDue <= now else { return [] }
            state.earliestDue = state.effects.lazy.compactMap(\.dueAt).min() ?? .distantFuture
            return Self.sorted(state.effects.filter { $0.dueAt.map { $0 <= now } ?? false })
        }
    }

    /// When the next is due, or earlier; `nil` = none is.
    var nextDue: Timestamp? { state.withLock { $0.earliestDue == .distantFuture ? nil : $0.earliestDue } }

    /// Adds a planned effect, or makes one that is there pending again; the answer is what to write.
    func plan(_ effect: Effect) -> Effect {
        state.withLock { state in
            var planned = effect
            planned.version = (state[effect.id]?.version ?? effect.version) + 1
            state.put(planned)
            return planned
        }
    }

    /// An open effect as it would be after `change`, to be written; ``put(_:)`` makes it so once it is on disk.
    func changed(_ id: EffectID, _ change: (inout Effect) -> Void) -> Effect? {
        guard var effect = self[id] else { return nil }
        change(&effect)
        effect.version += 1
        return effect
    }

    /// Takes over an effect as it is on disk.
    func put(_ effect: Effect) { state.withLock { $0.put(effect) } }

    /// Changes an open effect; `nil` where there is none of that id. The answer is what to write.
    func update(_ id: EffectID, _ change: (inout Effect) -> Void) -> Effect? {
        state.withLock { state in
            guard var effect = state[id] else { return nil }
            change(&effect)
            effect.version += 1
            state.put(effect)
            return effect
        }
    }

    /// The effect in force that this action has on this target in this incident.
    func standing(_ action: ActionName, _ target: Target, _ kind: EffectKind, in incident: IncidentID) -> Effect? {
        open(on: target).first { $0.state == .active && $0.action == action && $0.incidentID == incident && $0.kind == kind }
    }

    /// Whether anything of this incident holds the target at `now`.
    func holds(_ target: Target, in incident: IncidentID, at now: Timestamp) -> Bool {
        open(on: target).contains { effect in
            effect.incidentID == incident && effect.state == .active && (effect.expiresAt.map { $0 > now } ?? true)
        }
    }

    /// Whether anything shuts an account out, however its name is written. O(targets).
    func shutsOut(_ account: Target) -> Bool {
        state.withLock { state in
            state.byTarget.contains { target, effects in
                target.overlaps(account) && effects.contains { state[$0]?.kind.shutsOut == true }
            }
        }
    }

    private static func sorted(_ effects: some Sequence<Effect>) -> [Effect] {
        effects.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }
}

extension Effect {
    /// When it is to be taken back, or to be tried again; `nil` where nobody is to do so by the clock.
    var dueAt: Timestamp? {
        switch state {
        case .active: expiresAt
        case .undoing: nextUndoAt ?? expiresAt
        default: nil
        }
    }
}
