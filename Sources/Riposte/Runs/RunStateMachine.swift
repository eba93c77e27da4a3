/// Everything about the order of a run: what comes next, what a failure does to the rest, when it is over. No I/O; the
/// executor asks ``next(now:)``, does that, and says what came of it.
///
/// Built from a run and its journal, it stands where the run stood when the last entry was written.
struct RunStateMachine: Sendable {
    /// What to do next.
    enum Command: Sendable, Hashable {
        /// Say for which targets this step runs: ``RunStateMachine/expanded(_:into:)``.
        case expand(Int)
        /// Carry the step out: ``intended(_:attempt:)``, then ``finished(_:_:)`` or ``retrying(_:_:next:)``.
        case start(StepPath, attempt: Int)
        /// An intent is on disk and no outcome: find out, then ``finished(_:_:)`` or ``absent(_:)``.
        case probe(StepPath, attempt: Int)
        case wait(until: Timestamp)
        /// People have been asked. Nothing happens until they have answered; the deadline waits with it.
        case hold(ApprovalID)
        case seal(RunStatus)
        case done
    }

    private enum Position: Sendable, Hashable {
        case before(Int)
        case inside(Int, left: [StepPath])
    }

    private enum Attempt: Sendable, Hashable {
        case none
        case open(StepPath, Int)
        case waiting(StepPath, Int, until: Timestamp)
    }

    /// Changes only where it is taken back.
    private(set) var run: PlaybookRun
    /// In the order they came.
    private(set) var outcomes: [(path: StepPath, outcome: StepOutcome)] = []
    /// What later steps see: what the run started with and what each step added.
    private(set) var context: [String: JSONValue]
    private(set) var status: RunStatus
    /// The number of the next journal entry.
    private(set) var nextSequence = 0
    /// For how long nothing could be done: the deadline is so much later.
    var waited: Duration = .zero
    /// For how long people, or a time, were waited for, which counts for the deadline as well.
    private var asked: Duration = .zero
    var deadline: Timestamp { run.deadline + waited + asked }
    private var position: Position = .before(0)
    private var attempt: Attempt = .none
    private var isAborted = false
    private var done: Set<StepPath> = []
    /// When the first attempt at the present execution began.
    private var began: (path: StepPath, at: Timestamp)?
    /// What people were asked and have not answered.
    private(set) var question: (id: ApprovalID, paths: [StepPath], since: Timestamp)?
    /// What people have said to the run as a whole, and to single executions.
    private(set) var runAnswer: ApprovalAnswer?
    private(set) var answers: [StepPath: ApprovalAnswer] = [:]
    /// Executions of the present step that wait to be asked about until the others are done, and why each.
    private(set) var held: [StepPath: String] = [:]

    init(_ run: PlaybookRun, journal: [JournalEntry] = []) {
        self.run = run
        context = run.context
        status = .running
        for entry in journal { apply(entry.record, at: entry.at) }
    }

    /// Takes in one journal entry: the ones that were read at start, and each that is written from then on.
    mutating func apply(_ record: JournalEntry.Record, at time: Timestamp) {
        nextSequence += 1
        switch record {
        case .intent(let path, let number):
            attempt = .open(path, number)
            if began?.path != path { began = (path, time) }
        case .retry(let path, let outcome, let next):
            attempt = .waiting(path, outcome.attempt + 1, until: next)
            if outcome.kind == .waiting { asked += max(next - outcome.endedAt, .zero) }
        case .outcome(let path, let outcome): finish(path, outcome)
        case .asked(let paths, let id, let since):
            question = (id, paths, since)
            held = [:]
        case .answered(_, let answer, let waited): take(answer, waited)
        case .late: break
        case .sealed(let final): status = final
        }
    }

    func next(now: Timestamp) -> Command {
        if status.isFinal { return .done }
        if case .open(let path, let number) = attempt { return .probe(path, attempt: number) }
        if let question { return .hold(question.id) }
        if isAborted { return .seal(abortedStatus) }
        if now >= deadline, !isComplete, run.undone == nil { return .seal(.expired) }
        if case .waiting(let path, let number, let until) = attempt {
            return now >= until || run.undone != nil ? .start(path, attempt: number) : .wait(until: min(until, deadline))
        }
        switch position {
        case .before(let index): return index < run.playbook.steps.count ? .expand(index) : .seal(finalStatus)
        case .inside(_, let left):
            guard let path = left.first else { return .seal(finalStatus) }
            return .start(path, attempt: 1)
        }
    }

    /// A person has taken the run back: what is left of it is gone through without waiting, and none of it is done.
    mutating func undo(_ undone: Undone) { run.undone = run.undone ?? undone }

    /// When the first attempt at this execution began; `nil` = there was none.
    func start(of path: StepPath) -> Timestamp? { began?.path == path ? began?.at : nil }

    /// The targets of a step; those that have their outcome already are passed by.
    mutating func expanded(_ index: Int, into paths: [StepPath]) {
        let left = paths.filter { !done.contains($0) }
        position = left.isEmpty ? .before(index + 1) : .inside(index, left: left)
    }

    /// The probe found nothing: the step is to be carried out again, as its next attempt.
    mutating func absent(_ path: StepPath, now: Timestamp) {
        guard case .open(path, let number) = attempt else { return }
        attempt = .waiting(path, number + 1, until: now)
    }

    /// Whether a failed attempt is made again, and when; `nil` = this was the step's result.
    func retryTime(_ path: StepPath, _ outcome: StepOutcome, timedOut: Bool, retryAfter: Duration?) -> Timestamp? {
        let policy = run.playbook.steps[path.index].retry
        guard outcome.kind == .failed, outcome.attempt < policy.attempts else { return nil }
        guard outcome.failureKind == .transient || (timedOut && policy.retriesTimeouts) else { return nil }
        let wait = max(policy.wait(after: outcome.attempt, key: "\(run.id):\(path)"), retryAfter ?? .zero)
        let next = outcome.endedAt + wait
        return next < deadline ? next : nil
    }

    /// Executions of the present step that have no result yet.
    var left: [StepPath] {
        guard case .inside(_, let left) = position else { return [] }
        return left
    }

    /// Whether people have let this execution through, by itself or with the whole run.
    func isApproved(_ path: StepPath) -> Bool { answers[path]?.isGranted ?? runAnswer?.isGranted ?? false }

    /// Leaves an execution that people must be asked about until the others of its step are done: who is not to be asked
    /// about does not wait for an answer. Returns those to be asked about together, once nothing else is left.
    mutating func hold(_ path: StepPath, because reason: String) -> [StepPath] {
        held[path] = reason
        guard attempt == .none, case .inside(let index, let left) = position else { return [path] }
        position = .inside(index, left: left.filter { $0 != path } + [path])
        return left.allSatisfy { held[$0] != nil } ? left : []
    }

    /// Adds to the context what an execution would write, to look at what comes after it.
    mutating func imagine(_ written: [String: JSONValue]) { context.merge(written) { _, new in new } }

    private mutating func take(_ answer: ApprovalAnswer, _ waited: Duration) {
        guard let question else { return }
        for path in question.paths { answers[path] = answer }
        if question.paths.isEmpty { runAnswer = answer }
        asked += waited
        self.question = nil
    }

    private mutating func finish(_ path: StepPath, _ outcome: StepOutcome) {
        attempt = .none
        done.insert(path)
        outcomes.append((path, outcome))
        context.merge(outcome.context) { _, new in new }
        if case .inside(let index, let left) = position, index == path.index {
            let rest = left.filter { $0 != path }
            position = rest.isEmpty ? .before(index + 1) : .inside(index, left: rest)
        } else {
            position = .before(path.index)  // from the journal: the step is expanded again and what is done passed by
        }
        let step = run.playbook.steps[path.index]
        if !outcome.kind.isSuccess, (step.onError ?? run.playbook.onError) == .abort { isAborted = true }
    }

    /// Whether nothing is left but to say so: a run that is done is not expired by a late look at it.
    private var isComplete: Bool {
        guard attempt == .none else { return false }
        if case .before(let index) = position { return index >= run.playbook.steps.count }
        return false
    }

    private var abortedStatus: RunStatus {
        switch outcomes.last?.outcome.kind {
        case .denied: .denied
        case .undone: .undone
        default: .failed
        }
    }

    private var finalStatus: RunStatus {
        let failures = outcomes.count { !$0.outcome.kind.isSuccess }
        if outcomes.contains(where: { $0.outcome.kind == .undone }) { return .undone }
        if failures == 0 { return .succeeded }
        if let runAnswer, !runAnswer.isGranted { return .denied }
        guard failures == outcomes.count else { return .partial }
        return outcomes.contains { $0.outcome.kind == .denied } ? .denied : .failed
    }
}
