extension RunDriver {
    /// Everything but the touch: the step's result says what would have happened, the guard's word included, and what it
    /// would have put in force is written down, so that it can be told later whom that would have hit.
    mutating func shadow(_ action: RegisteredAction, _ step: Step, _ path: StepPath, _ context: ResponseContext) async {
        var planned = await planned(action, step, context)
        let (refused, remark) = objection(action, planned, context)
        if let refused {
            note(planned, action, refusal: refused.message)
            return conclude(path, refused)
        }
        var outcome = await preview(action, step, context, context.now)
        if let remark {
            outcome.guardNote = remark
            outcome.message += "; \(remark)"
            for index in planned.indices where planned[index].kind == .ban { planned[index].kind = .throttle }
        }
        if outcome.kind == .previewed {
            note(planned, action, refusal: nil)
            if step.approval != nil { outcome.message = "after people had let it through: " + outcome.message }
        }
        conclude(path, outcome)
    }

    /// Notes in shadow whom a step would not have hit, because it was refused before it was planned.
    mutating func noteShadow(of refusal: StepOutcome, _ action: RegisteredAction, _ step: Step, _ path: StepPath) async {
        guard run.mode == .shadow, refusal.kind == .refused else { return }
        note(await planned(action, step, context(path, 1, refusal.startedAt)), action, refusal: refusal.message)
    }

    private func planned(_ action: RegisteredAction, _ step: Step, _ context: ResponseContext) async -> [PlannedEffect] {
        (try? await limited(step.timeout) { try await action.effects(step.parameters, context) }) ?? []
    }

    private mutating func note(_ planned: [PlannedEffect], _ action: RegisteredAction, refusal: String?) {
        for plan in planned {
            let effect = ShadowEffect(
                playbook: run.playbook.slug, action: action.name, kind: plan.kind, target: plan.target, severity: run.severity,
                incidentID: run.incidentID, since: run.trigger.anomaly?.last ?? run.createdAt, until: plan.expiresAt, refusal: refusal)
            pending.append(.putShadowEffect(engine.shadows.record(effect)))
        }
    }
}
