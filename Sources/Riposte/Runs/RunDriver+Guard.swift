internal import Logging

extension RunDriver {
    /// What keeps the step from being planned at all: a target that is missing or must be left alone, events that are too old.
    func refusal(_ action: RegisteredAction, _ path: StepPath, _ now: Timestamp) -> StepOutcome? {
        if let kind = action.targetKind, path.target == nil {
            let message = "\(action.name) needs \(Self.noun(kind)), and this run has none"
            return StepOutcome(.failed, message, failureKind: .permanent, startedAt: now, endedAt: now)
        }
        if !action.isInformative, let stale = engine.guard.staleness(of: run) { return Self.refused(stale, now) }
        guard let target = path.target, let reason = engine.guard.refusal(for: target, at: now) else { return nil }
        return Self.refused(reason, now)
    }

    /// Asks the guard about everything that is planned, and plans it. `nil`: the step is concluded, or people are asked first.
    mutating func admitted(
        _ action: RegisteredAction, _ planned: [PlannedEffect], _ context: ResponseContext
    ) async throws -> [Effect]? {
        let admission = engine.guard.admit(questions(action, planned, context), isHeld: isHeld) { kinds in
            planned.enumerated().map { number, plan in
                var plan = plan
                if kinds.indices.contains(number), let kind = kinds[number] { plan.kind = kind }
                return effect(plan, number: number, action: action, context)
            }
        }
        switch admission {
        case .admitted(let effects, let remark):
            self.remark = remark
            return effects
        case .held(let reason): try await hold(context.step, because: reason)
        case .refused(let reason): conclude(context.step, Self.refused(reason, context.now))
        }
        return nil
    }

    /// In shadow: what the guard would say, where it is not yes.
    func objection(
        _ action: RegisteredAction, _ planned: [PlannedEffect], _ context: ResponseContext
    ) -> (outcome: StepOutcome?, remark: String?) {
        switch engine.guard.consider(questions(action, planned, context), isHeld: isHeld) {
        case .allow: (nil, nil)
        case .degrade(let reason): (nil, "would be throttled instead of banned: \(reason)")
        case .hold(let reason): (Self.refused(reason, context.now, "would need approval"), nil)
        case .refuse(let reason): (Self.refused(reason, context.now), nil)
        }
    }

    /// Whom the guard spoke about is among the incident's targets, so that “why?” finds it, also where only a parameter named it.
    mutating func noteTarget(_ path: StepPath) {
        guard let target = path.target, !run.targets.contains(target),
            let incident = engine.book.update(run.incidentID, { $0.targets.formUnion(TargetSet(target)) })
        else { return }
        pending.append(.putIncident(incident))
    }

    /// What came of an attempt at the back end, for the circuit breaker. What was wrong with the request does not count.
    mutating func noteBackEnd(_ step: Step, _ outcome: StepOutcome) {
        guard outcome.kind.isSuccess || outcome.failureKind != .permanent else { return }
        let failure = outcome.kind.isSuccess ? nil : outcome.message
        let key = CircuitKey(step.action, engine.actions[step.action]?.backEnd(step.parameters))
        guard let circuit = engine.guard.note(key, failure: failure, at: outcome.endedAt) else { return }
        pending.append(contentsOf: WriteBatch(engine.guard.unwritten(at: outcome.endedAt).operations))
        if let until = circuit.openUntil {
            logger.error(
                "\(key) is demoted to approval until \(until.toTheSecond): it has failed \(circuit.failures) times in a row",
                metadata: ["why": "\(circuit.lastError)"])
        } else {
            logger.notice("\(key) works again, and runs by itself again")
        }
    }

    /// An effect has come into force: where its target was put on the allowlist meanwhile, it is taken back at once.
    func checkAllowed(_ effect: Effect, _ now: Timestamp) {
        if engine.guard.refusal(for: effect.target, at: now) != nil { engine.guard.overrule(effect.id) }
    }

    /// Actions that only tell people are asked nothing but who their target is.
    private func questions(_ action: RegisteredAction, _ planned: [PlannedEffect], _ context: ResponseContext) -> [GuardQuestion] {
        guard !action.isInformative else { return [] }
        func question(_ target: Target?, _ kind: EffectKind?) -> GuardQuestion {
            GuardQuestion(
                action: action.name, backEnd: action.backEnd(run.playbook.steps[context.step.index].parameters), target: target, kind: kind,
                severity: run.severity,
                isAutomatic: run.trigger.anomaly != nil && !isApproved(context.step),
                now: context.now)
        }
        return planned.isEmpty ? [question(context.target, nil)] : planned.map { question($0.target, $0.kind) }
    }

    /// Whether anything shuts an account out already.
    private func isHeld(_ target: Target) -> Bool { engine.ledger.shutsOut(target) }

    private static func refused(_ reason: String, _ now: Timestamp, _ word: String = "refused") -> StepOutcome {
        var outcome = StepOutcome(.refused, "\(word): \(reason)", failureKind: .permanent, startedAt: now, endedAt: now)
        outcome.guardNote = reason
        return outcome
    }

    private static func noun(_ kind: Target.Kind) -> String {
        switch kind {
        case .address: "an address (“ip”)"
        case .user: "an account (“user”)"
        case .session: "a session (“session”)"
        }
    }
}
