public import Logging
public import ServiceLifecycle
internal import Synchronization

/// Answers anomalies with playbooks, and keeps the record of what was done in response to what.
///
/// ```swift
/// let responder = IncidentResponder(playbooks: [bruteForce], actions: [BlockIP(decisions: board)], store: store)
/// try responder.extend(FreezeStripeAccount(api: api))
/// try await responder.runPlaybook("brute_force_response", context: ["user": alice, "ip": "203.0.113.7"])
/// ```
///
/// As a `Service`, ``run()`` resumes what was cut short, then answers until it is shut down. Everything it does is on disk
/// before it touches the world, so a process that is killed goes on where it was.
public final class IncidentResponder: Service {
    /// How the responder behaves.
    public struct Configuration: Sendable {
        /// Whether anomalies start playbooks. Runs by hand work either way, and anomalies are recorded either way.
        public var isEnabled: Bool
        /// How far apart two anomalies of one source may be and still be one incident.
        public var joinWindow: Duration
        /// How long an incident must be quiet to be resolved by itself.
        public var quietPeriod: Duration
        /// Whom nothing is ever done to, whoever asks.
        public var protected: ProtectedTargets
        /// Tells every minute who is protected now, as addresses and groups of a machine change; `nil` from it = as before.
        public var refreshProtected: (@Sendable () async -> ProtectedTargets?)?
        /// How many who have signed in lately may be hit, before a person has to say yes.
        public var budgets: BudgetLimits
        /// Nothing is done by itself about events that were older than this when they were found; `nil` = however old.
        public var maximumEventAge: Duration?
        /// How many anomalies handed to ``IncidentResponder/handle(_:)`` are taken in at once, and how many a second.
        public var intake: (burst: Int, perSecond: Int)
        /// A ceiling for every playbook's mode: the stricter of the two counts.
        public var mode: PlaybookMode
        /// Who is asked where a playbook or step waits for people.
        public var approvals: ApprovalSettings
        /// The attributes of an account that may be stored with a run; others are dropped when a context comes in.
        public var accountAttributes: Set<String>
        /// How many runs are driven at the same time.
        public var maximumConcurrentRuns: Int
        /// How many open incidents are held in memory; of more, those that were active last. The store has them all.
        public var maximumIncidentsInMemory: Int
        /// Detectors beyond the shipped ones that triggers may name.
        public var detectors: [DetectorName]

        /// Creates a configuration; the defaults are those of the program without settings.
        public init(
            isEnabled: Bool = true, joinWindow: Duration = .hours(1), quietPeriod: Duration = .hours(24),
            protected: ProtectedTargets = ProtectedTargets(), mode: PlaybookMode = .enforce,
            approvals: ApprovalSettings = ApprovalSettings(), accountAttributes: Set<String> = [], maximumConcurrentRuns: Int = 128,
            detectors: [DetectorName] = [], refreshProtected: (@Sendable () async -> ProtectedTargets?)? = nil,
            budgets: BudgetLimits = BudgetLimits(), maximumEventAge: Duration? = .minutes(30),
            intake: (burst: Int, perSecond: Int) = (5000, 500), maximumIncidentsInMemory: Int = 10_000
        ) {
            self.isEnabled = isEnabled
            self.joinWindow = joinWindow
            self.quietPeriod = quietPeriod
            self.protected = protected
            self.mode = mode
            self.approvals = approvals
            self.accountAttributes = accountAttributes
            self.maximumConcurrentRuns = maximumConcurrentRuns
            self.detectors = detectors
            self.refreshProtected = refreshProtected
            self.budgets = budgets
            self.maximumEventAge = maximumEventAge
            self.intake = intake
            self.maximumIncidentsInMemory = maximumIncidentsInMemory
        }
    }

    /// What it was made with.
    public let configuration: Configuration
    /// Where everything that must survive is kept. Reads see each write that the responder has made; write through the responder.
    public let store: any IncidentStore
    /// What is in force.
    public let decisions: DecisionBoard
    let engine: RunEngine
    let shelf: PlaybookShelf
    let queue = RunQueue()
    let intake = AnomalyIntake()
    let undoer: EffectUndoer
    let watch: EffectWatch
    let breachWatch: BreachWatch
    /// Targets a person has let go; the pipeline tells the detectors.
    package let forgotten = ForgottenTargets()
    let outbox: OutboxService?
    let state = Mutex(State())
    let ingestGate = KeyedGate<String>()
    let modeGate = KeyedGate<String>()

    struct State {
        var isRecovered = false
        var isStopping = false
        /// Runs that wait for an action to be registered.
        var parked: [(run: RunID, action: ActionName)] = []
        /// Runs that have nothing to do until then.
        var waiting: [RunID: Timestamp] = [:]
        /// Runs whose store failed under them.
        var stalled: [RunID] = []
        /// Why runs stopped in the middle, as the log was told.
        var stopped = Complaint()
        /// What the log was last told of each enforcer.
        var reported: [EnforcerName: EnforcerStatus] = [:]
        /// What the log was last told of the kill switch.
        var reportedPause: Pause?
        var protectedAt: Timestamp?
        var reportedShed: UInt64 = 0
        /// Requests of other processes that are being carried out, and whether one is to be looked for again.
        var requests: (inHand: Set<String>, hasFailed: Bool, complaint: Complaint) = ([], false, Complaint())
    }

    /// - Parameters:
    ///   - playbooks: from code or configuration; those in the store are added when it starts.
    ///   - actions: more can be added at any time with ``extend(_:)-swift.method``.
    ///   - decisions: the board that `BlockIP` was given; restored from the store at start.
    ///   - outbox: delivers what `NotifyAdmin` has queued; the same value it was given.
    ///   - timeoutClock: what an attempt's timeout is measured with.
    /// - Throws: ``DuplicateAction`` where two actions have one name.
    public init(
        playbooks: [LocatedPlaybook], actions: [any ResponseAction], store: any IncidentStore, decisions: DecisionBoard = DecisionBoard(),
        outbox: OutboxService? = nil, configuration: Configuration = Configuration(), clock: any WallClock = SystemClock(),
        timeoutClock: any Clock<Duration> = ContinuousClock(), logger: Logger = Logger(label: "riposte")
    ) throws {
        self.configuration = configuration
        self.store = store
        self.decisions = decisions
        self.outbox = outbox
        shelf = PlaybookShelf(playbooks)
        let `guard` = Guard(
            protected: configuration.protected, budgets: configuration.budgets, maximumEventAge: configuration.maximumEventAge,
            flood: FloodGate(burst: configuration.intake.burst, perSecond: configuration.intake.perSecond))
        decisions.obey(`guard`)
        engine = RunEngine(
            store: store, clock: clock, timeoutClock: timeoutClock, ledger: EffectLedger(),
            book: IncidentBook(joinWindow: configuration.joinWindow, limit: configuration.maximumIncidentsInMemory), guard: `guard`,
            desk: ApprovalDesk(), shadows: ShadowBook(),
            approvals: configuration.approvals, channels: outbox?.channelNames ?? [], gate: KeyedGate(),
            actions: ActionDirectory(try ActionRegistry(actions)), fence: FenceHolder(), late: LateResults(), undone: UndoneRuns(),
            logger: logger.plain)
        undoer = EffectUndoer(engine: engine, forgotten: forgotten)
        watch = EffectWatch(undoer: undoer)
        breachWatch = BreachWatch(engine: engine)
    }

    /// Creates a responder whose playbooks are written in code.
    ///
    /// - Parameters:
    ///   - actions: more can be added at any time with ``extend(_:)-swift.method``.
    ///   - store: by default in memory, which a restart empties.
    ///   - decisions: the board that the actions were given.
    ///   - outbox: the one that `NotifyAdmin` was given; `nil` = nobody delivers.
    /// - Throws: ``DuplicateAction`` where two actions have one name.
    public convenience init(
        playbooks: [Playbook], actions: [any ResponseAction], store: any IncidentStore = InMemoryStore(),
        decisions: DecisionBoard = DecisionBoard(), outbox: OutboxService? = nil, configuration: Configuration = Configuration(),
        clock: any WallClock = SystemClock(), timeoutClock: any Clock<Duration> = ContinuousClock(),
        logger: Logger = Logger(label: "riposte")
    ) throws {
        try self.init(
            playbooks: playbooks.map { LocatedPlaybook(playbook: $0) }, actions: actions, store: store, decisions: decisions,
            outbox: outbox,
            configuration: configuration, clock: clock, timeoutClock: timeoutClock, logger: logger)
    }

    /// Every registered action.
    public var actions: ActionRegistry { engine.actions.registry }
    /// Every playbook that can run, by slug.
    public var playbooks: [Playbook] { shelf.all }
    /// Playbooks of the store that do not load, and why.
    public var playbooksSetAside: [SetAsidePlaybook] { shelf.setAside }
    package var clock: any WallClock { engine.clock }
    package var logger: Logger { engine.logger }

    /// Registers an action, before or after ``run()`` has begun. Runs that wait for it go on.
    public func extend(_ action: some ResponseAction) throws { try register(RegisteredAction(action)) }

    /// Registers a closure as an action.
    public func extend(
        _ name: ActionName, summary: String = "", _ body: @escaping @Sendable (ResponseContext) async throws -> ActionResult
    ) throws {
        try extend(ClosureAction(name, summary: summary, body))
    }

    /// What is wrong with the playbooks from code and configuration, as things stand. Errors keep ``run()`` from starting.
    public func check() -> [Finding] { linter.findings(for: shelf.fixed) }

    /// Replaces the playbooks from configuration. Where one has an error, the old ones stay and the findings say why.
    @discardableResult
    public func replacePlaybooks(_ playbooks: [LocatedPlaybook]) throws -> [Finding] {
        let findings = linter.findings(for: playbooks)
        guard !findings.contains(where: { $0.level == .error }) else {
            throw ResponderError(.invalidPlaybooks, "the playbooks were not replaced", findings: findings)
        }
        shelf.replaceFixed(playbooks)
        shelf.reload(linter)
        return findings
    }

    /// Reads the store's playbooks anew, and the modes that people have given to playbooks.
    public func reloadStoredPlaybooks() async throws {
        shelf.load(try await store.storedPlaybooks(), linter)
        if let modes = try await store.guardState(.modes).flatMap(ModeOverrides.init) { engine.guard.put(modes) }
    }

    var linter: PlaybookLinter {
        var linter = PlaybookLinter(actions: actions, detectors: DetectorName.shipped + configuration.detectors)
        linter.approvals = configuration.approvals
        linter.channels = outbox?.channelNames
        return linter
    }

    private func register(_ action: RegisteredAction) throws {
        try engine.actions.register(action)
        shelf.reload(linter)
        let waiting = state.withLock { state in
            defer { state.parked.removeAll { $0.action == action.name } }
            return state.parked.filter { $0.action == action.name }.map(\.run)
        }
        guard !waiting.isEmpty || engine.ledger.open.contains(where: { $0.action == action.name && $0.state == .orphaned }) else { return }
        state.withLock { $0.stalled += waiting }
        queue.wake()
    }
}

extension IncidentResponder {
    /// What an engine has in hand, in memory: told also where the store answers no more.
    package struct Counts: Sendable, Hashable, Codable {
        /// Decisions in force.
        package var decisions: Int
        /// Incidents that may still be joined, as many as memory holds.
        package var openIncidents: Int
        /// How many memory had no room for, since the start: the store has them.
        package var evictedIncidents: Int
        /// Runs that wait or are being driven, and those that go on when the store works again.
        package var runs: Int
        package var stalledRuns: Int
    }

    package var counts: Counts {
        let now = clock.now()
        return Counts(
            decisions: decisions.snapshot.all.count { $0.isInForce(at: now) }, openIncidents: engine.book.read { $0.incidents.count },
            evictedIncidents: engine.book.read { $0.evictions },
            runs: queue.count, stalledRuns: state.withLock { $0.stalled.count + $0.parked.count })
    }

    /// The fence that every write carries, where the engine holds the store's lease.
    package var fence: Fence? { engine.fence.current }
    package func writes(with fence: Fence?) { engine.fence.set(fence) }
}
