/// What came of one run, for who asked for it.
public struct RunReport: Sendable, Hashable {
    public var runID: RunID
    public var incidentID: IncidentID
    public var playbook: PlaybookSlug
    public var status: RunStatus
    /// What people have been asked and have not answered yet: the run goes on when they have.
    public var waitingFor: ApprovalID?
    /// In the order they were carried out.
    public var steps: [StepReport]
    /// What the context held at the end.
    public var context: [String: JSONValue]

    public struct StepReport: Sendable, Hashable {
        public var path: StepPath
        public var action: ActionName
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
