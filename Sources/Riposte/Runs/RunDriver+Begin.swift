/// The first step of a run, begun before the run is on disk: its intent is written together with the run, so that one sync
/// stands before the touch and not two.
extension RunDriver {
    /// A step whose intent is written, or about to be.
    struct Begun {
        let action: RegisteredAction
        let step: Step
        let context: ResponseContext
        /// Nobody else works with this action on this target meanwhile.
        let pass: GatePass?
    }

    /// Goes as far as the intent of the first step, where nothing speaks against it and nothing has to be waited for: neither
    /// the store, nor people, nor another run, nor an action that looks around before it plans. Of all others nothing is begun
    /// here, so ``drive(lendsPlace:isStopping:)`` asks everything anew.
    ///
    /// - Returns: what must be on disk before the step is carried out; `nil` where nothing was begun.
    mutating func begin() -> WriteBatch? {
        let now = engine.clock.now()
        guard run.mode == .enforce, engine.guard.pause == nil, engine.guard.isFresh(at: now) else { return nil }
        guard let (machine, path, attempt) = firstStep(now) else { return nil }
        let step = run.playbook.steps[path.index]
        guard step.approval == nil, step.escalation == nil, let action = engine.actions[step.action], let plan = action.plan,
            refusal(action, path, now) == nil
        else { return nil }
        let pass = path.target.map { engine.gate.enterNow(GateKey(action: action.name, target: $0)) }
        if case .some(nil) = pass { return nil }
        var context = context(path, attempt, now)
        guard let planned = try? plan(step.parameters, context), standing(action, planned, now)?.isEmpty ?? true,
            case .admitted(let effects, let remark) = admission(action, planned, context)
        else { return nil }
        (self.machine, self.remark, context.effects) = (machine, remark, effects)
        begun = Begun(action: action, step: step, context: context, pass: pass ?? nil)
        intend(context)
        defer { pending = WriteBatch() }
        return pending
    }

    private func firstStep(_ now: Timestamp) -> (RunStateMachine, StepPath, attempt: Int)? {
        var machine = machine
        guard case .expand(let index) = machine.next(now: now), let paths = try? paths(index) else { return nil }
        machine.expanded(index, into: paths)
        guard case .start(let path, let attempt) = machine.next(now: now) else { return nil }
        return (machine, path, attempt)
    }

    /// Carries out what was begun: it is on disk, and counts as in hand, so neither a stop nor a pause keeps it back.
    mutating func carryOutBegun() async throws {
        guard let begun else { return }
        self.begun = nil
        defer { withExtendedLifetime(begun.pass) {} }
        try await attemptOnce(begun.action, begun.step, begun.context)
        try await settleSuperseded()
    }

    /// What was begun could not be written, and the run not either: nothing of it is left.
    func giveUp() { engine.ledger.reload(run.id, []) }
}
