internal import Logging
internal import Metrics
internal import Tracing

extension RunDriver {
    /// Carries one execution of one step out, under the gate of its action and target.
    mutating func start(_ path: StepPath, _ attempt: Int) async throws {
        let step = run.playbook.steps[path.index]
        let now = engine.clock.now()
        if let undone = run.undone {
            return conclude(path, StepOutcome(.undone, undone.sentence, failureKind: .permanent, startedAt: now, endedAt: now))
        }
        guard let action = try action(step.action) else {
            return conclude(
                path, StepOutcome(.failed, Self.unavailable(step.action), failureKind: .permanent, startedAt: now, endedAt: now))
        }
        try await engine.guard.lookIfStale(at: engine.store, now)
        guard engine.guard.pause == nil else { return }
        if let refusal = refusal(action, path, now) {
            await noteShadow(of: refusal, action, step, path)
            return conclude(path, refusal)
        }
        if let denial = denial(action, path, now) { return conclude(path, denial) }
        if try await asks(action, step, path) { return }
        try await alone(action, path) { driver in try await driver.perform(action, step, path, attempt) }
    }

    /// Nobody else works with this action on this target meanwhile, nor takes back what it has done there. Steps without a
    /// target have nothing in common: one that hangs holds no other up.
    mutating func alone(_ action: RegisteredAction, _ path: StepPath, _ body: (inout RunDriver) async throws -> Void) async throws {
        guard let target = path.target else { return try await body(&self) }
        var driver = self
        do {
            try await engine.gate.withLock(GateKey(action: action.name, target: target)) {
                try await body(&driver)
                try await driver.settleSuperseded()
            }
        } catch {
            self = driver
            throw error
        }
        self = driver
    }

    private mutating func perform(_ action: RegisteredAction, _ step: Step, _ path: StepPath, _ attempt: Int) async throws {
        let startedAt = engine.clock.now()
        let step = try await escalated(step, path)
        var context = context(path, attempt, startedAt)
        guard run.mode != .shadow else { return await shadow(action, step, path, context) }
        remark = nil
        if let undone = openEffects(of: path).first(where: { $0.undoneBy != nil }) {
            let outcome = StepOutcome(.refused, undone.note ?? "", attempt: attempt, startedAt: startedAt, endedAt: startedAt)
            return settle(path, outcome, effects: await probed(openEffects(of: path), action))
        }
        context.effects = openEffects(of: path)
        let planned: [PlannedEffect]
        do {
            planned = try await limited(step.timeout) { [context] in try await action.effects(step.parameters, context) }
        } catch {
            var outcome = Self.outcome(of: error, attempt, startedAt, engine.clock.now())
            if outcome.failureKind == .unknown { outcome.failureKind = .transient }  // planning touches nothing
            return settle(path, outcome, effects: await probed(openEffects(of: path), action))
        }
        if let standing = standing(action, planned, startedAt), let first = standing.first {
            context.effects = standing
            let preview = await preview(action, step, context, startedAt)
            let until = first.expiresAt.map { "until \($0.toTheSecond)" } ?? "without end"
            let message = "in force already \(until), by run \(first.runID)"
            return conclude(path, StepOutcome(.passedOver, message, context: preview.context, startedAt: startedAt, endedAt: startedAt))
        }
        guard engine.guard.pause == nil else { return }
        guard let effects = try await admitted(action, planned, context) else { return }
        context.effects = effects
        for effect in context.effects { pending.append(.putEffect(effect)) }
        write(.intent(path, attempt: attempt))
        try await flush()
        try await attemptOnce(action, step, context)
    }

    /// One attempt at the touch itself: the intent is on disk.
    private mutating func attemptOnce(_ action: RegisteredAction, _ step: Step, _ context: ResponseContext) async throws {
        let (engine, run, path) = (engine, run, context.step)
        let ending = await TimeLimit.run(
            step.timeout, on: engine.timeoutClock,
            late: { engine.late.add(run.id, path, Self.outcome(of: $0, context.attempt, context.now, engine.clock.now())) },
            { await Self.traced(action, step, context) })
        let now = engine.clock.now()
        switch ending {
        case .finished(let result):
            var outcome = Self.outcome(of: result, context.attempt, context.now, now)
            var states = await states(of: context.effects, action, result, context.attempt)
            let ours = context.effects.filter { states[$0.id] == .active }
            if let verified = await verified(outcome, action, step, ours) { (outcome, states) = verified }
            let answer = try? result.get()
            if let next = answer?.resumesAt, context.effects.isEmpty {
                outcome.kind = .waiting
                return write(.retry(path, outcome, next: next))
            }
            settle(path, outcome, effects: states, timedOut: answer?.isTimeout ?? false, retryAfter: answer?.retryAfter)
        case .timedOut:
            Counter(label: "riposte_steps_abandoned", dimensions: [("action", "\(action.name)")]).increment()
            let message = "gave no answer within \(DurationText.format(step.timeout)); it may have been done"
            let outcome = StepOutcome(
                .failed, message, failureKind: .unknown, attempt: context.attempt, startedAt: context.now, endedAt: now)
            settle(path, outcome, effects: await probed(context.effects, action), timedOut: true)
        }
    }

    /// Writes what came of an attempt: another attempt later, or the step's result with the fate of its effects.
    private mutating func settle(
        _ path: StepPath, _ outcome: StepOutcome, effects: [EffectID: Effect.State], timedOut: Bool = false, retryAfter: Duration? = nil
    ) {
        if let next = machine.retryTime(path, outcome, timedOut: timedOut, retryAfter: retryAfter) {
            logger.notice("step failed, trying again", metadata: ["step": "\(path)", "at": "\(next)", "why": "\(outcome.message)"])
            return write(.retry(path, outcome, next: next))
        }
        for (id, state) in effects.sorted(by: { $0.key < $1.key }) { put(id, state, outcome.endedAt) }
        noteBackEnd(run.playbook.steps[path.index], outcome)
        conclude(path, outcome)
    }

    /// The step's one result.
    mutating func conclude(_ path: StepPath, _ outcome: StepOutcome) {
        var outcome = explained(path, outcome)
        if let remark {
            outcome.guardNote = remark
            outcome.message += "; \(remark)"
            self.remark = nil
        }
        let action = run.playbook.steps[path.index].action
        Counter(label: "riposte_steps", dimensions: [("action", "\(action)"), ("outcome", outcome.kind.rawValue)]).increment()
        let level: Logger.Level = outcome.kind.isSuccess ? .info : .warning
        logger.log(
            level: level, "\(action): \(outcome.message)", metadata: ["step": "\(path)", "outcome": "\(outcome.kind.rawValue)"])
        if outcome.guardNote != nil { noteTarget(path) }
        write(.outcome(path, outcome))
    }

    /// Moves an effect to its state after the attempt; one that is in force now takes over from an older one of this incident.
    mutating func put(_ id: EffectID, _ state: Effect.State, _ now: Timestamp) {
        guard let known = engine.ledger[id] else { return }
        // A person has taken it back before it stood, it alone or the whole run.
        let stays = engine.actions[known.action]?.isReversible == false
        let undone = stays ? nil : engine.undone[run.id]
        let state = state == .active && (known.undoneBy != nil || undone != nil) ? Effect.State.undoing : state
        let older = state == .active ? engine.ledger.standing(known.action, known.target, known.kind, in: known.incidentID) : nil
        let changed = engine.ledger.update(id) { effect in
            effect.state = state
            switch state {
            case .active: effect.activeSince = effect.activeSince ?? now
            case .undoing:
                effect.nextUndoAt = now
                effect.undoneBy = effect.undoneBy ?? undone?.actor
                effect.note = effect.note ?? undone?.sentence ?? "its step failed"
            default: effect.endedAt = now
            }
        }
        if let changed { pending.append(.putEffect(changed)) }
        if let changed, state == .active { checkAllowed(changed, now) }
        if state == .void || state == .foreign { engine.guard.giveBack(known.action, known.target) }
        if let older, older.id != id, let superseded = engine.ledger.changed(older.id, { $0.supersede(by: id, at: now) }) {
            self.superseded.append(superseded)
            pending.append(.putEffect(superseded))
        }
        if state == .active, let incident = engine.book.contained(run.incidentID, at: now) { pending.append(.putIncident(incident)) }
    }

    /// An effect of another run is closed in memory when that is on disk, not before: otherwise nobody would take it back
    /// where the write fails.
    private mutating func settleSuperseded() async throws {
        guard !superseded.isEmpty else { return }
        defer { superseded = [] }
        try await flush()
        for effect in superseded { engine.ledger.put(effect) }
    }

    // MARK: - Pieces

    /// The effect in force that makes this step needless: the same action on the same target in this incident, planned
    /// for at least as long.
    private func standing(_ action: RegisteredAction, _ planned: [PlannedEffect], _ now: Timestamp) -> [Effect]? {
        let standing = planned.compactMap { plan -> Effect? in
            guard !plan.kind.isMomentary else { return nil }
            guard let effect = engine.ledger.standing(action.name, plan.target, plan.kind, in: run.incidentID), effect.terms == plan.terms
            else {
                return nil
            }
            guard let end = effect.expiresAt else { return effect }
            guard let wanted = plan.expiresAt, end > now else { return nil }
            return wanted - now <= end - effect.createdAt ? effect : nil
        }
        return standing.count == planned.count ? standing : nil
    }

    /// What earlier attempts of this execution have planned and nobody has settled.
    func openEffects(of path: StepPath) -> [Effect] { engine.ledger.open(of: run.id).filter { $0.step == path } }

    func effect(_ plan: PlannedEffect, number: Int, action: RegisteredAction, _ context: ResponseContext) -> Effect {
        engine.ledger.plan(
            Effect(
                id: EffectID("eff-" + StableHash.id([run.id.rawValue, "\(context.step)", "\(number)"])), kind: plan.kind,
                target: plan.target,
                action: action.name, inverse: plan.inverse, terms: plan.terms, expiresAt: plan.expiresAt, incidentID: run.incidentID,
                runID: run.id,
                step: context.step, playbook: run.playbook.slug, createdAt: context.now))
    }

    func context(_ path: StepPath, _ attempt: Int, _ now: Timestamp) -> ResponseContext {
        var values = machine.context
        switch path.target {
        case .address(let range): values["ip"] = range.contextValue
        case .user(let user): if AccountRef(values["user"] ?? .null)?.id != user { values["user"] = .string(user) }
        case .session(let session): values["session"] = .string(session)
        case nil: break
        }
        var logger = logger
        logger[metadataKey: "step"] = "\(path)"
        return ResponseContext(
            values: values, target: path.target, trigger: run.trigger, incidentID: run.incidentID, runID: run.id, step: path,
            attempt: attempt, now: now, startedAt: machine.start(of: path), logger: logger)
    }

    func preview(_ action: RegisteredAction, _ step: Step, _ context: ResponseContext, _ now: Timestamp) async -> StepOutcome {
        do {
            let result = try await limited(step.timeout) { try await action.preview(step.parameters, context) }
            guard result.success else { return Self.outcome(of: .success(result), 1, now, engine.clock.now()) }
            return StepOutcome(.previewed, result.message, context: result.context, startedAt: now, endedAt: engine.clock.now())
        } catch {
            return Self.outcome(of: error, 1, now, engine.clock.now())
        }
    }

    private static func traced(
        _ action: RegisteredAction, _ step: Step, _ context: ResponseContext
    ) async -> Result<ActionResult, any Error> {
        await withSpan("riposte.action \(action.name)") { span in
            span.attributes["riposte.run"] = context.runID.rawValue
            span.attributes["riposte.step"] = context.step.description
            do {
                let result = try await action.execute(step.parameters, context)
                return .success(result)
            } catch {
                span.recordError(error)
                return .failure(error)
            }
        }
    }

    static func outcome(of result: Result<ActionResult, any Error>, _ attempt: Int, _ start: Timestamp, _ end: Timestamp) -> StepOutcome {
        switch result {
        case .success(let result):
            let kind: StepOutcome.Kind = result.success ? (result.isUnchanged ? .unchanged : .succeeded) : .failed
            return StepOutcome(
                kind, result.message, context: result.context, failureKind: result.failureKind, attempt: attempt, startedAt: start,
                endedAt: end)
        case .failure(let error): return outcome(of: error, attempt, start, end)
        }
    }

    /// A thrown error is a recorded failure. Missing context and bad parameters are permanent; of anything else it is not
    /// known whether it was done.
    static func outcome(of error: any Error, _ attempt: Int, _ start: Timestamp, _ end: Timestamp) -> StepOutcome {
        let kind: FailureKind =
            switch error {
            case is MissingContext, is ParameterError, is ActionRefusal: .permanent
            case let error as any ClassifiedError: error.kind
            case let error as StoreError: error.code == .conflict ? .permanent : .transient
            default: .unknown
            }
        return StepOutcome(.failed, "\(error)", failureKind: kind, attempt: attempt, startedAt: start, endedAt: end)
    }

    private static func unavailable(_ name: ActionName) -> String { "no action is registered under the name “\(name)”" }
}
