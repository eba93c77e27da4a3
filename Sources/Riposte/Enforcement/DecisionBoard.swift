internal import Synchronization

/// The decisions in force, merged from effects, in memory; the effects in the store are the truth it is rebuilt from.
public final class DecisionBoard: DecisionLedger {
    private struct State {
        var claims: [Target: [EffectKind: [EffectID: Effect]]] = [:]
        var snapshot = DecisionSnapshot()
    }

    private let state = Mutex(State())
    private let enforcers: [any Enforcer]
    private let protected: ProtectedTargets

    public init(enforcers: [any Enforcer] = [], protected: ProtectedTargets = ProtectedTargets()) {
        self.enforcers = enforcers
        self.protected = protected
    }

    /// What is in force, as of now.
    public var snapshot: DecisionSnapshot { state.withLock { $0.snapshot } }

    public func claim(_ effect: Effect) async throws -> Bool {
        if let refusal = protected.refusal(for: effect.target) { throw EnforcementError(refusal, kind: .permanent) }
        let (before, after) = change(effect) { $0[effect.id] = effect }
        do {
            // Told even where nothing changed: after a restart the enforcer may not have it although we do.
            for enforcer in enforcers { try await enforcer.apply([after].compactMap(\.self), lifting: []) }
        } catch {
            _ = change(effect) { $0[effect.id] = nil }
            await rollBack(before, after)
            throw error
        }
        return before?.until != after?.until || before == nil
    }

    /// One enforcer could not and others may have: best effort, and what this misses `reconcile` finds.
    private func rollBack(_ before: Decision?, _ after: Decision?) async {
        let lifted = before == nil ? [after].compactMap(\.self) : []
        for enforcer in enforcers { try? await enforcer.apply([before].compactMap(\.self), lifting: lifted) }
    }

    public func release(_ effect: Effect) async throws -> Bool {
        let (before, after) = change(effect) { $0[effect.id] = nil }
        guard let before else { return false }
        do {
            for enforcer in enforcers { try await enforcer.apply([after].compactMap(\.self), lifting: after == nil ? [before] : []) }
        } catch {
            // Not lifted out there, so it still counts here: the effect's undo is tried again.
            _ = change(effect) { $0[effect.id] = effect }
            throw error
        }
        return after?.until != before.until
    }

    public func holds(_ effect: Effect) async -> Bool {
        state.withLock { $0.claims[effect.target]?[effect.kind]?[effect.id] != nil }
    }

    /// Puts back what the store says is in force, at start, before anything else asks; then the enforcers get the whole.
    public func restore(_ effects: [Effect]) async throws {
        for effect in effects where effect.kind.isDecision && protected.refusal(for: effect.target) == nil {
            _ = change(effect) { $0[effect.id] = effect }
        }
        let decisions = snapshot.all
        for enforcer in enforcers { try await enforcer.reconcile(decisions) }
    }

    private func change(_ effect: Effect, _ body: (inout [EffectID: Effect]) -> Void) -> (before: Decision?, after: Decision?) {
        state.withLock { state in
            var claims = state.claims[effect.target]?[effect.kind] ?? [:]
            let before = Self.merge(claims.values)
            body(&claims)
            let after = Self.merge(claims.values)
            state.claims[effect.target, default: [:]][effect.kind] = claims.isEmpty ? nil : claims
            if state.claims[effect.target]?.isEmpty == true { state.claims[effect.target] = nil }
            state.snapshot.set(after, target: effect.target, type: effect.kind)
            return (before, after)
        }
    }

    /// The decision that several effects on one target make together: the latest expiry wins.
    static func merge(_ effects: some Collection<Effect>) -> Decision? {
        let owners = effects.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        guard let first = owners.first else { return nil }
        let isPermanent = owners.contains { $0.expiresAt == nil }
        return Decision(
            target: first.target, type: first.kind, until: isPermanent ? nil : owners.compactMap(\.expiresAt).max(),
            owners: owners.map(\.id),
            incidents: owners.map(\.incidentID).uniqued(), playbooks: owners.map(\.playbook).uniqued(), since: first.createdAt)
    }
}
