extension RunDriver {
    /// The step as it is for this target this time: where it escalates, with the duration that is due.
    mutating func escalated(_ step: Step, _ path: StepPath) async throws -> Step {
        guard let escalation = step.escalation, let target = path.target else { return step }
        let now = engine.clock.now()
        let effects = try await engine.store.effects(EffectQuery(target: target, createdSince: now - Escalation.lookBack))
        let earlier = effects.count { $0.action == step.action && Escalation.counts($0, for: run.incidentID, at: now) }
        guard let duration = escalation.duration(of: earlier + 1) else { return step }
        var step = step
        step.parameters["duration"] = .string(DurationText.format(duration))
        let days = Escalation.lookBack.components.seconds / 86_400
        escalations[path] = "answer \(earlier + 1) to it in \(days) days: \(DurationText.format(duration)) of \(escalation.text)"
        return step
    }

    /// The outcome with what the step's duration came from.
    func explained(_ path: StepPath, _ outcome: StepOutcome) -> StepOutcome {
        guard let why = escalations[path], [.succeeded, .unchanged, .previewed].contains(outcome.kind) else { return outcome }
        var outcome = outcome
        outcome.message += " (\(why))"
        return outcome
    }
}
