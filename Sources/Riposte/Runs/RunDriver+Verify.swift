extension RunDriver {
    /// Looks whether what a step has done is there, where it asks for that.
    ///
    /// - Returns: `nil` where there is nothing to look at; else the outcome, a failure where it is not there, and what
    ///   becomes of the effects if no other attempt is made.
    func verified(
        _ outcome: StepOutcome, _ action: RegisteredAction, _ step: Step, _ effects: [Effect]
    ) async -> (outcome: StepOutcome, states: [EffectID: Effect.State])? {
        guard outcome.kind == .succeeded || outcome.kind == .unchanged, let wait = step.verify, !effects.isEmpty else { return nil }
        if wait > .zero { try? await engine.clock.sleep(until: engine.clock.now() + wait) }
        let found = await answers(effects, action)
        var outcome = outcome
        outcome.endedAt = engine.clock.now()
        let wrong = effects.filter { found[$0.id] != .inForce }
        guard !wrong.isEmpty else { return (outcome, Dictionary(effects.map { ($0.id, .active) }) { _, last in last }) }
        outcome.kind = .failed
        outcome.failureKind = .transient
        outcome.message = "done (\(outcome.message)), but " + wrong.map { Self.words($0, found[$0.id]) }.joined(separator: "; ")
        // Whatever is left of it, here or in a back end, is taken back: the step counts as not done.
        return (outcome, Dictionary(effects.map { ($0.id, .undoing) }) { _, last in last })
    }

    private static func words(_ effect: Effect, _ probe: Probe?) -> String {
        probe == .absent
            ? "the \(effect.kind) on \(effect.target) was not in force when it was checked"
            : "whether the \(effect.kind) on \(effect.target) is in force could not be found out"
    }
}
