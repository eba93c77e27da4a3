internal import Logging

/// Takes one run from where it stands to its end: asks the state machine what comes next, does it, writes it down.
/// Dull on purpose; what is written before what is the whole of its care.
struct RunDriver {
    let engine: RunEngine
    var machine: RunStateMachine
    /// Written with the next intent, or at the end: an outcome is on disk before the next step touches anything.
    var pending = WriteBatch()
    /// Effects of other runs that one of this run has taken over from, until that is on disk.
    var superseded: [Effect] = []
    /// What the guard made less of than was wanted; goes into the step's result.
    var remark: String?
    /// Where the durations of steps that escalate came from.
    var escalations: [StepPath: String] = [:]
    private let isResumed: Bool
    let logger: Logger

    init(_ run: PlaybookRun, journal: [JournalEntry] = [], isResumed: Bool, engine: RunEngine) {
        self.engine = engine
        machine = RunStateMachine(run, journal: journal)
        self.isResumed = isResumed
        var logger = engine.logger
        logger[metadataKey: "run"] = "\(run.id)"
        logger[metadataKey: "incident"] = "\(run.incidentID)"
        self.logger = logger
    }

    var run: PlaybookRun { machine.run }

    /// Drives the run to its end, or to where it has to wait for an action (``ParkedRun``), or until the store fails.
    ///
    /// - Parameters:
    ///   - lendsPlace: whether it ends with ``WaitingRun`` where there is a while to wait, so that another run can be driven.
    ///   - isStopping: asked between steps; a run that stops in the middle goes on at the next start.
    mutating func drive(lendsPlace: Bool = false, isStopping: @Sendable () -> Bool) async throws {
        while !isStopping() {
            let now = engine.clock.now()
            takeNoteOfUndo()
            // What was taken back touches nothing more, and need not wait to say so.
            guard engine.guard.pause == nil || run.undone != nil else {
                try await flush()
                throw PausedRun()
            }
            machine.waited = engine.guard.pausedTime(from: run.createdAt, to: now)
            switch machine.next(now: now) {
            case .expand(let index): machine.expanded(index, into: try paths(index))
            case .start(let path, let attempt): try await start(path, attempt)
            case .probe(let path, let attempt): try await probe(path, attempt)
            case .wait(let until):
                try await flush()
                if lendsPlace, until - now > .seconds(2) { throw WaitingRun(until: until) }
                // In slices, so that a stop is noticed: the next start waits on.
                try await engine.clock.sleep(until: min(until, now + .seconds(1)))
            case .hold(let id): if try await !goOn(after: id) { return }
            case .seal(let status): try await seal(status)
            case .done: return try await flush()
            }
        }
        try await flush()
    }

    /// Which executions a step has. A step whose target is missing has one, which fails.
    func paths(_ index: Int) throws -> [StepPath] {
        let step = run.playbook.steps[index]
        guard let action = try action(step.action), let kind = action.targetKind else { return [StepPath(index)] }
        if let explicit = try? action.explicitTarget(step.parameters) { return [StepPath(index, explicit)] }
        let targets = run.targets.all.filter { $0.kind == kind }
        return targets.isEmpty ? [StepPath(index)] : targets.map { StepPath(index, $0) }
    }

    /// The action, where it is registered. A run that was started before may know one that is registered later.
    func action(_ name: ActionName) throws -> RegisteredAction? {
        if let action = engine.actions[name] { return action }
        if isResumed, run.undone == nil { throw ParkedRun(action: name) }
        return nil
    }

    /// On disk again with what is written next, since a copy of the run without it may have been written meanwhile.
    private mutating func takeNoteOfUndo() {
        guard run.undone == nil, let undone = engine.undone[run.id] else { return }
        machine.undo(undone)
        pending.append(.putRun(run))
    }

    private mutating func seal(_ status: RunStatus) async throws {
        await settleLeftovers()
        write(.sealed(status))
        let ending = RunEnding(status: status, endedAt: engine.clock.now(), contained: contained)
        pending.append(.endRun(run.id, ending))
        try await flush()
        engine.undone.remove(run.id)
        engine.book.finished(run.ended(ending))
        logger.log(level: status == .succeeded ? .info : .warning, "run \(status.rawValue)", metadata: ["playbook": "\(run.playbook.slug)"])
    }

    private var contained: [Target] {
        machine.outcomes.compactMap { path, outcome in
            let counts = outcome.kind == .succeeded || outcome.kind == .unchanged || outcome.kind == .passedOver
            guard counts, engine.actions[run.playbook.steps[path.index].action]?.isReversible == true else { return nil }
            return path.target
        }.uniqued()
    }

    /// Appends to the journal, in the batch that is written next.
    mutating func write(_ record: JournalEntry.Record) {
        let now = engine.clock.now()
        pending.append(.appendJournal(JournalEntry(runID: run.id, sequence: machine.nextSequence, at: now, record: record)))
        machine.apply(record, at: now)
    }

    mutating func flush() async throws {
        let batch = pending
        pending = WriteBatch()
        try await engine.commit(batch)
    }

    mutating func absent(_ path: StepPath) { machine.absent(path, now: engine.clock.now()) }
}
