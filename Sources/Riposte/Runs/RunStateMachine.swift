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

    let run: PlaybookRun
    /// In the order they came.
    private(set) var outcomes: [(path: StepPath, outcome: StepOutcome)] = []
    /// What later steps see: what the run started with and what each step added.
    private(set) var context: [String: JSONValue]
    private(set) var status: RunStatus
    /// The number of the next journal entry.
    private(set) var nextSequence = 0
    /// For how long nothing could be done: the deadline is so much later.
    var waited: Duration = .zero
    private var deadline: Timestamp { run.deadline + waited }
    private var position: Position = .before(0)
    private var attempt: Attempt = .none
    private var isAborted = false
    private var done: Set<StepPath> = []

    init(_ run: PlaybookRun, journal: [JournalEntry] = []) {
        self.run = run
        context = run.context
        status = .running
        for entry in journal { apply(entry.record) }
    }

    /// Takes in one journal entry: the ones that were read at start, and each that is written from then on.
    mutating func apply(_ record: JournalEntry.Record) {
        nextSequence += 1
        switch record {
        case .intent(let path, let number): attempt = .open(path, number)
        case .retry(let path, let outcome, let next): attempt = .waiting(path, outcome.attempt + 1, until: next)
        case .outcome(let path, let outcome): finish(path, outcome)
        case .late: break
        case .sealed(let final): status = final
        }
    }

    func next(now: Timestamp) -> Command {
        if status.isFinal { return .done }
        if case .open(let path, let number) = attempt { return .probe(path, attempt: number) }
        if isAborted { return .seal(.failed) }
        if now >= deadline, !isComplete { return .seal(.expired) }
        if case .waiting(let path, let number, let until) = attempt {
            return now >= until ? .start(path, attempt: number) : .wait(until: min(until, deadline))
        }
        switch position {
        case .before(let index): return index < run.playbook.steps.count ? .expand(index) : .seal(finalStatus)
        case .inside(_, let left):
            guard let path = left.first else { return .seal(finalStatus) }
            return .start(path, attempt: 1)
        }
    }

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

    private var finalStatus: RunStatus {
        let failures = outcomes.count { !$0.outcome.kind.isSuccess }
        if failures == 0 { return .succeeded }
        return failures == outcomes.count ? .failed : .partial
    }
}
