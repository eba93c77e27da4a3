internal import Logging

/// Takes effects back: when they expire and when a person says so. Undo is itself journaled in the effect's state and
/// tried until it works, over restarts.
struct EffectUndoer: Sendable {
    let engine: RunEngine
    /// Told of each target that a person has let go, so that the detectors can forget it.
    let forgotten: ForgottenTargets

    /// Takes back everything that is due. Failures are noted in the effect and tried again later.
    func processDue() async throws {
        for effect in engine.ledger.due(at: engine.clock.now()) { try await takeBack(effect.id, note: "expired", actor: nil) }
    }

    /// Takes one effect back because a person says so. The answer is the effect as it is then; `nil` where it was over already.
    func undo(_ id: EffectID, actor: String, reason: String) async throws -> Effect? {
        try await takeBack(id, note: "undone by \(actor)" + (reason.isEmpty ? "" : ": \(reason)"), actor: actor)
        if let effect = engine.ledger[id] { return effect }
        return try await engine.store.effect(id)
    }

    /// Takes one effect back whose time has run out.
    func expire(_ id: EffectID) async throws -> Bool { try await takeBack(id, note: "expired", actor: nil) }

    @discardableResult
    private func takeBack(_ id: EffectID, note: String, actor: String?) async throws -> Bool {
        guard let effect = engine.ledger[id] else { return false }
        return try await engine.gate.withLock(GateKey(action: effect.action, target: effect.target)) {
            try await takeBackAlone(id, note: note, actor: actor)
        }
    }

    private func takeBackAlone(_ id: EffectID, note: String, actor: String?) async throws -> Bool {
        let now = engine.clock.now()
        guard let known = engine.ledger[id], known.state != .pending else { return false }
        guard let action = engine.actions[known.action], let undo = action.undo else { return try await orphan(id) }
        let started = engine.ledger.update(id) { effect in
            if effect.state != .undoing || actor != nil { effect.note = note }
            effect.state = .undoing
            effect.undoneBy = actor ?? effect.undoneBy
            effect.nextUndoAt = now
        }
        guard let started else { return false }
        try await engine.commit(WriteBatch([.putEffect(started)]))
        let result = await Self.attempt(undo, started, engine)
        let ended = engine.ledger.update(id) { effect in
            guard result.success else { return Self.postpone(&effect, result.message, now) }
            effect.state = .ended
            effect.endedAt = engine.clock.now()
            effect.nextUndoAt = nil
        }
        if let ended { try await engine.commit(WriteBatch([.putEffect(ended)])) }
        if result.success, actor != nil { forgotten.add(known.target, at: now) }
        engine.logger.log(
            level: result.success ? .info : .warning, "\(known.action) on \(known.target): \(result.success ? note : result.message)",
            metadata: ["effect": "\(id)", "incident": "\(known.incidentID)"])
        return result.success
    }

    private static func attempt(
        _ undo: @escaping @Sendable (Effect) async throws -> ActionResult, _ effect: Effect, _ engine: RunEngine
    ) async -> ActionResult {
        let ending = await TimeLimit.run(.seconds(30), on: engine.timeoutClock, late: { _ in }) {
            do { return try await undo(effect) } catch { return ActionResult.failure("\(error)", kind: .transient) }
        }
        guard case .finished(let result) = ending else { return .failure("gave no answer within 30s", kind: .unknown) }
        return result
    }

    /// The next attempt after 1 s, 2 s, 4 s … at most 5 minutes, for ever.
    private static func postpone(_ effect: inout Effect, _ message: String, _ now: Timestamp) {
        effect.undoAttempts += 1
        let wait = min(Duration.seconds(1) * (1 << min(effect.undoAttempts - 1, 9)), .minutes(5))
        effect.nextUndoAt = now + wait
        effect.note = "taking it back failed: \(message)"
    }

    private func orphan(_ id: EffectID) async throws -> Bool {
        let orphaned = engine.ledger.update(id) { effect in
            effect.state = .orphaned
            effect.note = "the action \(effect.action) that takes it back is not registered"
        }
        if let orphaned { try await engine.commit(WriteBatch([.putEffect(orphaned)])) }
        return false
    }

    /// An action has been registered: what only it can take back is due again.
    func adopt(_ action: ActionName) async throws {
        for effect in engine.ledger.open where effect.action == action && effect.state == .orphaned {
            let adopted = engine.ledger.update(effect.id) { $0.state = .active }
            if let adopted { try await engine.commit(WriteBatch([.putEffect(adopted)])) }
        }
    }
}
