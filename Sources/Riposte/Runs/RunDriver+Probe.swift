extension RunDriver {
    /// A crash, or a stop, lies between an intent and its outcome. Finds out what is there: all of it, and the step is
    /// done; else it is carried out again with the same key.
    mutating func probe(_ path: StepPath, _ attempt: Int) async throws {
        let step = run.playbook.steps[path.index]
        let now = engine.clock.now()
        let isOverdue = now >= machine.deadline
        guard let action = try action(step.action) else {
            let message = "no action is registered under the name “\(step.action)”"
            return conclude(path, StepOutcome(.failed, message, failureKind: .unknown, attempt: attempt, startedAt: now, endedAt: now))
        }
        try await alone(action, path) { driver in
            var context = driver.context(path, attempt, now)
            context.effects = driver.openEffects(of: path)
            let probes = await driver.answers(context.effects, action)
            let states = probes.mapValues { $0 == .absent ? Effect.State.void : .active }
            if !probes.isEmpty, probes.values.allSatisfy({ $0 == .inForce }) {
                driver.settleProbe(states, now)
                let written = await driver.preview(action, step, context, now).context
                let message = "found in force after a restart"
                driver.conclude(path, StepOutcome(.succeeded, message, context: written, attempt: attempt, startedAt: now, endedAt: now))
            } else if let undone = driver.run.undone {
                driver.settleProbe(states, now)
                let message = "\(undone.sentence); it had begun before a stop" + (probes.isEmpty ? ", and may have been done" : "")
                driver.conclude(path, StepOutcome(.undone, message, failureKind: .unknown, attempt: attempt, startedAt: now, endedAt: now))
            } else if isOverdue {
                driver.settleProbe(states, now)
                let message = "cut short by a stop, and the run's deadline had passed before it could go on"
                driver.conclude(path, StepOutcome(.failed, message, failureKind: .unknown, attempt: attempt, startedAt: now, endedAt: now))
            } else {
                driver.absent(path)
            }
        }
    }

    private mutating func settleProbe(_ states: [EffectID: Effect.State], _ now: Timestamp) {
        for (id, state) in states.sorted(by: { $0.key < $1.key }) { put(id, state, now) }
    }

    /// What became of the effects of an attempt that has a result.
    func states(
        of effects: [Effect], _ action: RegisteredAction, _ result: Result<ActionResult, any Error>, _ attempt: Int
    ) async -> [EffectID: Effect.State] {
        let outcome = Self.outcome(of: result, attempt, .distantPast, .distantPast)
        if outcome.kind.isSuccess {
            // A second attempt that finds everything done cannot tell its own first attempt from a stranger.
            let isForeign = (try? result.get())?.isForeign == true && attempt == 1
            return Dictionary(effects.map { ($0.id, isForeign ? .foreign : .active) }) { _, last in last }
        }
        guard action.mayHaveDoneSomething(outcome) else {
            return Dictionary(effects.map { ($0.id, .void) }) { _, last in last }
        }
        return await probed(effects, action)
    }

    /// What is to be assumed of each effect. What cannot be known counts as there: taking it back twice is harmless,
    /// leaving it is not.
    func probed(_ effects: [Effect], _ action: RegisteredAction) async -> [EffectID: Effect.State] {
        await answers(effects, action).mapValues { $0 == .absent ? .void : .active }
    }

    func answers(_ effects: [Effect], _ action: RegisteredAction) async -> [EffectID: Probe] {
        var answers: [EffectID: Probe] = [:]
        for effect in effects {
            let limit = run.playbook.steps[effect.step.index].timeout
            answers[effect.id] = (try? await limited(limit) { try await action.probe?(effect) }) ?? .unknown
        }
        return answers
    }

    /// Effects that an attempt has planned and no outcome has settled, because the run expired before the next attempt or
    /// that was refused: while they are pending, nobody takes them back.
    mutating func settleLeftovers() async {
        for effect in engine.ledger.open(of: run.id) where effect.state == .pending {
            var states: [EffectID: Effect.State] = [effect.id: .active]
            if let action = engine.actions[effect.action] { states = await probed([effect], action) }
            settleProbe(states, engine.clock.now())
        }
    }

    /// Reads the world within the time that the step has; throws ``StepTimeout`` where that is not enough.
    func limited<Value: Sendable>(_ limit: Duration, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let ending = await TimeLimit.run(limit, on: engine.timeoutClock) {
            do { return Result<Value, any Error>.success(try await work()) } catch { return .failure(error) }
        }
        guard case .finished(let result) = ending else { throw StepTimeout(limit: limit) }
        return try result.get()
    }
}

/// What only reads has not come back in time.
struct StepTimeout: Error, CustomStringConvertible {
    let limit: Duration
    var description: String { "gave no answer within \(DurationText.format(limit))" }
}
