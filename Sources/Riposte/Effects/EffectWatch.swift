internal import Logging
internal import Synchronization

/// Looks now and again whether the effects in force are there, and makes those that are not anew: an account that somebody
/// unlocked, a back end that was restored from a backup. Decisions are left to ``DecisionBoard/reconcile()``, which compares
/// whole back ends.
final class EffectWatch: Sendable {
    private let engine: RunEngine
    private let rounds = Mutex(ProbeRounds())

    private let undoer: EffectUndoer

    init(undoer: EffectUndoer) { (engine, self.undoer) = (undoer.engine, undoer) }

    /// Looks at those that are due, each alone with its target.
    func look() async throws {
        let now = engine.clock.now()
        let due = rounds.withLock { $0.next(at: now) { candidates(now) } }
        guard !due.isEmpty else { return }
        // An engine that has lost the store leaves the world alone: another one looks after it now.
        guard engine.guard.pause == nil else { return }
        if let fence = engine.fence.current, try await engine.store.lease()?.fence != fence { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, id) in due.enumerated() {
                if place >= Self.atOnce { try await group.next() }
                group.addTask { try await self.look(at: id) }
            }
            try await group.waitForAll()
        }
    }

    private static let atOnce = 8
    private static let limit = Duration.seconds(30)

    private func candidates(_ now: Timestamp) -> [EffectID] {
        engine.ledger.open.filter { isWatched($0, now) }.map(\.id)
    }

    private func isWatched(_ effect: Effect, _ now: Timestamp) -> Bool {
        effect.state == .active && !effect.endsByItself && engine.actions[effect.action]?.probe != nil
            && (effect.expiresAt.map { $0 > now } ?? true)
    }

    private func look(at id: EffectID) async throws {
        guard let effect = engine.ledger[id] else { return }
        let isFulfilled = try await engine.gate.withLock(GateKey(action: effect.action, target: effect.target)) { () -> Bool in
            guard let effect = engine.ledger[id], isWatched(effect, engine.clock.now()), let action = engine.actions[effect.action] else {
                return false
            }
            let answer = await limited { try await action.probe?(effect) ?? .unknown }
            switch try? answer.get() {
            case .absent where effect.kind.isForTheUser, .partly where effect.kind.isForTheUser: return true
            case .absent, .partly: try await repair(effect, action)
            case .inForce where effect.isDrifted: try await write(id) { $0.repaired(at: $1) }
            case .inForce, .unknown, nil: break
            }
            return false
        }
        if isFulfilled { try await undoer.finish(id) }
    }

    /// The same execution once more, under the same key and with the same effects.
    private func repair(_ effect: Effect, _ action: RegisteredAction) async throws {
        guard let run = try await engine.store.run(effect.runID), let step = run.playbook.steps.element(at: effect.step.index) else {
            return
        }
        let driver = RunDriver(run, journal: try await engine.store.journal(of: run.id), isResumed: true, engine: engine)
        var context = driver.context(effect.step, 2, engine.clock.now())
        context.effects = driver.openEffects(of: effect.step).filter { $0.state == .active }
        let result = await limited { [context] in try await action.execute(step.parameters, context) }
        let error: String? =
            switch result {
            case .success(let result): result.success ? nil : result.message
            case .failure(let error): "\(error)"
            }
        try await write(effect.id) { effect, now in
            effect.drifted(at: now, error: error)
            if error == nil { effect.repaired(at: now) }
        }
        engine.logger.warning(
            "\(effect.kind) on \(effect.target) was missing, and \(error.map { "could not be put right: \($0)" } ?? "was put right")",
            metadata: ["effect": "\(effect.id)", "incident": "\(effect.incidentID)"])
    }

    private func write(_ id: EffectID, _ change: (inout Effect, Timestamp) -> Void) async throws {
        let now = engine.clock.now()
        guard let changed = engine.ledger.update(id, { change(&$0, now) }) else { return }
        try await engine.commit(WriteBatch([.putEffect(changed)]))
    }

    private func limited<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async -> Result<Value, any Error> {
        let ending = await TimeLimit.run(Self.limit, on: engine.timeoutClock) {
            do { return Result<Value, any Error>.success(try await work()) } catch { return .failure(error) }
        }
        guard case .finished(let result) = ending else { return .failure(StepTimeout(limit: Self.limit)) }
        return result
    }
}
