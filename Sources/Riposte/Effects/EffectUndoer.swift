internal import Logging

/// Takes effects back: when they expire and when a person says so. Undo is itself journaled in the effect's state and
/// tried until it works, over restarts.
struct EffectUndoer: Sendable {
    let engine: RunEngine
    /// Told of each target that a person has let go, or that nothing holds any more, so that the detectors can forget it.
    let forgotten: ForgottenTargets

    /// Takes back everything that is due. Failures are noted in the effect and tried again later.
    func processDue() async throws {
        try await each(engine.ledger.due(at: engine.clock.now()).map(\.id)) { try await takeBack($0, note: "expired", actor: nil) }
    }

    /// Takes effects back because a person says so. The answer is each as it is then.
    func undo(_ ids: [EffectID], actor: String, reason: String) async throws -> [Effect] {
        // What nobody can take back before its time stays.
        let reversible = ids.filter { id in engine.ledger[id].map { engine.actions[$0.action]?.isReversible ?? true } ?? true }
        try await each(reversible) { id in
            try await takeBack(id, note: "undone by \(actor)" + (reason.isEmpty ? "" : ": \(reason)"), actor: actor)
        }
        var effects: [Effect] = []
        for id in ids { if let effect = try await engine.store.effect(id) { effects.append(effect) } }
        return effects
    }

    /// Takes one effect back because a person says so, or the guard.
    func undo(_ id: EffectID, actor: String, reason: String) async throws -> Effect? {
        try await undo([id], actor: actor, reason: reason).first
    }

    /// Side by side, so that one that hangs does not hold up the others.
    private func each(_ ids: [EffectID], _ body: @escaping @Sendable (EffectID) async throws -> Void) async throws {
        var waiting = ids[...]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in waiting.prefix(Self.width) { group.addTask { try await body(id) } }
            waiting = waiting.dropFirst(Self.width)
            while try await group.next() != nil {
                if let id = waiting.popFirst() { group.addTask { try await body(id) } }
            }
        }
    }

    /// How many are taken back at the same time.
    private static let width = 16

    /// Takes one effect back that has done what it was for: a user has set the new password that was required.
    func finish(_ id: EffectID) async throws { _ = try await takeBack(id, note: "done by the user", actor: nil) }

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
        guard let known = engine.ledger[id] else { return false }
        if known.state == .pending { return try await keepFromStanding(id, note: note, actor: actor) }
        guard let undo = engine.actions[known.action]?.undo else { return try await orphan(id, note: note, actor: actor) }
        let started = engine.ledger.update(id) { effect in
            if effect.state != .undoing || actor != nil {
                effect.note = note
                effect.undoReason = nil
            }
            effect.state = .undoing
            effect.undoneBy = actor ?? effect.undoneBy
            effect.nextUndoAt = now
        }
        guard let started else { return false }
        try await engine.commit(WriteBatch([.putEffect(started)]))
        let result = await attempt(undo, [started] + (try await predecessors(of: started)))
        let ended = engine.ledger.changed(id) { effect in
            guard result.success else { return Self.postpone(&effect, result.message, now) }
            effect.note = effect.undoReason ?? effect.note
            effect.undoReason = nil
            effect.state = .ended
            effect.endedAt = engine.clock.now()
            effect.nextUndoAt = nil
        }
        if let ended {
            try await engine.commit(WriteBatch([.putEffect(ended)]))
            engine.ledger.put(ended)  // not before: where the write fails, it is taken back once more
        }
        if result.success, let ended, let time = letGo(ended) { forgotten.add(ended.target, at: time) }
        engine.logger.log(
            level: result.success ? .info : .warning,
            "\(known.action) on \(known.target): \(result.success ? ended?.note ?? note : result.message)",
            metadata: ["effect": "\(id)", "incident": "\(known.incidentID)"])
        return result.success
    }

    /// Its step has not settled it: between two attempts, or it waits for its action. It is taken back when it does.
    private func keepFromStanding(_ id: EffectID, note: String, actor: String?) async throws -> Bool {
        guard let actor else { return false }
        let marked = engine.ledger.update(id) { effect in
            effect.undoneBy = actor
            effect.note = note
        }
        if let marked { try await engine.commit(WriteBatch([.putEffect(marked)])) }
        return false
    }

    /// Up to when the detectors forget the target of an effect that has ended; `nil` where another still holds it.
    private func letGo(_ effect: Effect) -> Timestamp? {
        let others = engine.ledger.open(on: effect.target).filter { $0.id != effect.id }
        return effect.letsGo(besides: others)
    }

    /// Effects that this one took over from, one after the other. What they hold in their own name goes with it.
    private func predecessors(of effect: Effect) async throws -> [Effect] {
        let superseded = try await engine.store.effects(
            EffectQuery(states: [.superseded], incident: effect.incidentID, target: effect.target))
        return effect.predecessors(among: superseded)
    }

    /// Takes all of them back, each within 30 s; the answer is the first failure, or what the first said.
    private func attempt(_ undo: @escaping @Sendable (Effect) async throws -> ActionResult, _ effects: [Effect]) async -> ActionResult {
        var results: [ActionResult] = []
        for effect in effects {
            let ending = await TimeLimit.run(.seconds(30), on: engine.timeoutClock) {
                do { return try await undo(effect) } catch { return ActionResult.failure("\(error)", kind: .transient) }
            }
            guard case .finished(let result) = ending else { return .failure("gave no answer within 30s", kind: .unknown) }
            guard result.success else { return result }
            results.append(result)
        }
        return results.first ?? .unchanged("nothing to take back")
    }

    /// The next attempt after 1 s, 2 s, 4 s … at most 5 minutes, for ever.
    private static func postpone(_ effect: inout Effect, _ message: String, _ now: Timestamp) {
        effect.undoAttempts += 1
        effect.undoReason = effect.undoReason ?? effect.note
        let wait = min(Duration.seconds(1) * (1 << min(effect.undoAttempts - 1, 9)), .minutes(5))
        effect.nextUndoAt = now + wait
        effect.note = "taking it back failed: \(message)"
    }

    private func orphan(_ id: EffectID, note: String, actor: String?) async throws -> Bool {
        let orphaned = engine.ledger.update(id) { effect in
            effect.state = .orphaned
            effect.note = "the action \(effect.action) that takes it back is not registered (\(note))"
            effect.undoneBy = actor ?? effect.undoneBy
        }
        if let orphaned { try await engine.commit(WriteBatch([.putEffect(orphaned)])) }
        return false
    }

    /// The effects of a step that were closed while an attempt that had been given up was still at work, as they are to be
    /// now: an attempt that may have done it after all has left what nobody else would take back.
    func reopened(_ path: StepPath, of run: RunID, after late: StepOutcome) async throws -> [Effect] {
        let closed = try await engine.store.effects(EffectQuery(states: [.void, .ended], run: run)).filter { $0.step == path }
        return closed.compactMap { effect in
            guard let action = engine.actions[effect.action], action.isReversible, action.mayHaveDoneSomething(late) else { return nil }
            var effect = effect
            effect.reopen("its step was given up, and may have done it after all", at: engine.clock.now())
            return effect
        }
    }

    /// An action has been registered: what only it can take back is due again.
    func adopt(_ action: ActionName) async throws {
        for effect in engine.ledger.open where effect.action == action && effect.state == .orphaned {
            let adopted = engine.ledger.update(effect.id) { effect in
                effect.state = effect.undoneBy == nil ? .active : .undoing
                effect.note = effect.undoneBy.map { "undone by \($0)" }
                effect.nextUndoAt = engine.clock.now()
            }
            if let adopted { try await engine.commit(WriteBatch([.putEffect(adopted)])) }
        }
    }
}
