internal import Synchronization

/// The effects that somebody still has to take back, in memory, in step with the store. The one place where an
/// effect changes, so that each change has the next version.
final class EffectLedger: Sendable {
    private let effects = Mutex<[EffectID: Effect]>([:])

    /// Replaces everything by what the store says, at start.
    func load(_ loaded: [Effect]) {
        effects.withLock { $0 = Dictionary(loaded.map { ($0.id, $0) }) { _, last in last } }
    }

    /// Replaces what belongs to one run by what the store says, after a write of it has failed.
    func reload(_ run: RunID, _ loaded: [Effect]) {
        effects.withLock { effects in
            effects = effects.filter { $0.value.runID != run }
            for effect in loaded where effect.state.isOpen { effects[effect.id] = effect }
        }
    }

    subscript(id: EffectID) -> Effect? { effects.withLock { $0[id] } }

    /// All that are open, by creation.
    var open: [Effect] { effects.withLock { $0.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } } }

    /// Adds a planned effect, or makes one that is there pending again; the answer is what to write.
    func plan(_ effect: Effect) -> Effect {
        effects.withLock { effects in
            var planned = effect
            planned.version = (effects[effect.id]?.version ?? effect.version) + 1
            effects[effect.id] = planned
            return planned
        }
    }

    /// Changes an open effect; `nil` where there is none of that id. The answer is what to write.
    func update(_ id: EffectID, _ change: (inout Effect) -> Void) -> Effect? {
        effects.withLock { effects in
            guard var effect = effects[id] else { return nil }
            change(&effect)
            effect.version += 1
            effects[id] = effect.state.isOpen ? effect : nil
            return effect
        }
    }

    /// The effect in force that this action has on this target in this incident.
    func standing(_ action: ActionName, _ target: Target?, _ kind: EffectKind?, in incident: IncidentID) -> Effect? {
        open.first {
            $0.state == .active && $0.action == action && $0.incidentID == incident && $0.target == target && (kind == nil || $0.kind == kind)
        }
    }
}
