/// What came of one run, for who asked for it.
public struct RunReport: Sendable, Hashable {
    /// Names the run; what `riposte run undo` takes back.
    public var runID: RunID
    /// The incident in which all of it is recorded.
    public var incidentID: IncidentID
    /// The playbook that was carried out.
    public var playbook: PlaybookSlug
    /// How it ended, or that it goes on.
    public var status: RunStatus
    /// What people have been asked and have not answered yet: the run goes on when they have.
    public var waitingFor: ApprovalID?
    /// In the order they were carried out.
    public var steps: [StepReport]
    /// What the context held at the end.
    public var context: [String: JSONValue]

    /// What came of one execution of one step.
    public struct StepReport: Sendable, Hashable {
        /// Which step, and on whom.
        public var path: StepPath
        /// The action it names.
        public var action: ActionName
        /// Its one result.
        public var outcome: StepOutcome
    }

    init(_ machine: RunStateMachine) {
        let run = machine.run
        runID = run.id
        incidentID = run.incidentID
        playbook = run.playbook.slug
        status = machine.status
        waitingFor = machine.question?.id
        steps = machine.outcomes.map { StepReport(path: $0.path, action: run.playbook.steps[$0.path.index].action, outcome: $0.outcome) }
        context = machine.context
    }
}
