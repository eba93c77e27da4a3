internal import Logging
internal import Synchronization

/// Engine-level protection that no playbook can override: asked before anything is done, and again before a decision is
/// published. Holds ``GuardRules`` in memory, in step with the store.
final class Guard: Sendable {
    private struct State {
        var rules: GuardRules
        /// When the store was last looked at, and what its marker was then.
        var lookedAt: Timestamp?
        var marker: Int64?
        var writtenAt: Timestamp = .distantPast
        var hasNewCircuits = false
        /// Effects in force on targets that must be left alone now.
        var overruled: [EffectID] = []
    }

    /// An engine that has not looked at the store for so long looks before it acts: the kill switch must not be missed by
    /// one that stood still.
    static let freshness: Duration = .milliseconds(75)
    /// How often what the guard has learned is written, with whatever else is, and how much of it at a time.
    static let writeInterval: Duration = .seconds(5)
    static let writeLimit = 8

    private let state: Mutex<State>
    let flood: FloodGate

    init(
        protected: ProtectedTargets, budgets: BudgetLimits = BudgetLimits(), maximumEventAge: Duration? = nil,
        flood: FloodGate = FloodGate()
    ) {
        state = Mutex(State(rules: GuardRules(protected: protected, budgetLimits: budgets, maximumEventAge: maximumEventAge)))
        self.flood = flood
    }

    // MARK: - In step with the store

    /// Takes over what the store says, at start.
    func load(from store: any IncidentStore, effects: [Effect] = [], at now: Timestamp) async throws {
        try await look(at: store, now)
        let states = try await store.guardStates()
        let window = state.withLock { $0.rules.budgetLimits.longestWindow }
        let recent = try await store.effects(EffectQuery(createdSince: now - window))
        state.withLock { state in
            for part in 0..<SuccessLedger.partCount { states[.successes(part)].map { state.rules.successes.load(part, $0) } }
            state.rules.circuits = states[.circuits].flatMap(Self.circuits) ?? [:]
            for effect in recent where effect.state != .void && effect.state != .foreign {
                state.rules.spend(effect.action, effect.target, at: effect.createdAt)
            }
        }
        flood.load(states[.shed])
    }

    /// Reads pauses and allowlist where another process has written to the store since. Tells whether they have changed.
    @discardableResult
    func look(at store: any IncidentStore, _ now: Timestamp) async throws -> Bool {
        try await look(at: store, marker: try await store.changeMarker(), now)
    }

    /// - Parameter marker: the store's, read after `now`.
    @discardableResult
    func look(at store: any IncidentStore, marker: Int64, _ now: Timestamp) async throws -> Bool {
        if state.withLock({ $0.marker == marker && $0.lookedAt != nil }) {
            state.withLock { $0.lookedAt = now }
            return false
        }
        let pauses = try await store.pauseHistory()
        let allowlist = try await store.allowlist().filter { $0.isInForce(at: now) }
        let modes = try await store.guardState(.modes).flatMap(ModeOverrides.init) ?? ModeOverrides()
        return state.withLock { state in
            defer {
                state.rules.pauses = pauses
                state.rules.allowlist = allowlist
                state.rules.modes = modes
                (state.marker, state.lookedAt) = (marker, now)
            }
            return state.rules.pauses != pauses || state.rules.allowlist != allowlist
        }
    }

    func lookIfStale(at store: any IncidentStore, _ now: Timestamp) async throws {
        let isFresh = state.withLock { state in
            state.lookedAt.map { now - $0 < Self.freshness && now >= $0 } ?? false
        }
        if !isFresh { try await look(at: store, now) }
    }

    /// What the guard has learned and nobody has written, to go with a batch that is written anyway.
    func unwritten(at now: Timestamp) -> GuardNotes {
        state.withLock { state in
            var notes = GuardNotes()
            if state.hasNewCircuits {
                notes.operations.append(.putGuardState(.circuits, Self.json(state.rules.circuits)))
                state.hasNewCircuits = false
            }
            guard now - state.writtenAt >= Self.writeInterval || now < state.writtenAt else { return notes }
            state.writtenAt = now
            for (part, json) in state.rules.successes.takeChanged(Self.writeLimit) {
                notes.parts.append(part)
                notes.operations.append(.putGuardState(.successes(part), json))
            }
            if let shed = flood.takeChanged() { notes.operations.append(.putGuardState(.shed, shed)) }
            return notes
        }
    }

    /// The batch could not be written: all of it is to be written later.
    func putBack(_ notes: GuardNotes) {
        state.withLock { state in
            state.rules.successes.putBack(notes.parts)
            if !notes.operations.isEmpty { (state.hasNewCircuits, state.writtenAt) = (true, .distantPast) }
        }
        flood.putBack()
    }

    private static func circuits(_ json: JSONValue) -> [CircuitKey: Circuit]? {
        guard let circuits = RecordCoding.value([String: Circuit].self, in: json) else { return nil }
        return Dictionary(circuits.map { (CircuitKey($0.key), $0.value) }) { first, _ in first }
    }

    private static func json(_ circuits: [CircuitKey: Circuit]) -> JSONValue {
        let named = Dictionary(circuits.map { ($0.key.description, $0.value) }) { first, _ in first }
        return RecordCoding.tree(of: named)
    }

    // MARK: - Questions

    var modes: ModeOverrides { state.withLock { $0.rules.modes } }
    var pause: Pause? { state.withLock { $0.rules.pauses.current } }
    var protected: ProtectedTargets { state.withLock { $0.rules.protected } }
    /// Entries that count at `now`.
    func allowlist(at now: Timestamp) -> [AllowlistEntry] { state.withLock { $0.rules.allowlist.filter { $0.isInForce(at: now) } } }

    func pausedTime(from start: Timestamp, to end: Timestamp) -> Duration {
        state.withLock { $0.rules.pauses.pauses.isEmpty ? .zero : $0.rules.pauses.time(from: start, to: end) }
    }

    func refusal(for target: Target, at now: Timestamp) -> String? { state.withLock { $0.rules.refusal(for: target, at: now) } }

    func publicationRefusal(_ kind: EffectKind, _ target: Target, at now: Timestamp) -> String? {
        state.withLock { $0.rules.publicationRefusal(kind, target, at: now) }
    }

    func staleness(of run: PlaybookRun) -> String? { state.withLock { $0.rules.staleness(of: run) } }

    /// Asks about everything that a step is about to do and, where nothing speaks against it, plans it, all in one: of two
    /// steps at the same time neither takes what is left to the other.
    ///
    /// - Parameter plan: called with the kind that each effect may have.
    func admit(_ questions: [GuardQuestion], isHeld: (Target) -> Bool, plan: ([EffectKind?]) -> [Effect]) -> GuardAdmission {
        state.withLock { state in
            var kinds: [EffectKind?] = []
            var held: String?
            var remarks: [String] = []
            for question in questions {
                switch state.rules.verdict(question, isHeld: isHeld) {
                case .allow: kinds.append(question.kind)
                case .degrade(let why):
                    kinds.append(.throttle)
                    remarks.append("throttled instead of banned: \(why)")
                case .hold(let why):
                    kinds.append(question.kind)
                    held = held ?? why
                case .refuse(let why): return .refused(why)
                }
            }
            if let held { return .held(held) }
            for question in questions {
                if let target = question.target { state.rules.spend(question.action, target, at: question.now) }
            }
            return .admitted(plan(kinds), remark: remarks.isEmpty ? nil : remarks.uniqued().joined(separator: "; "))
        }
    }

    /// The same for a step that only says what it would do: nothing is spent or planned.
    func consider(_ questions: [GuardQuestion], isHeld: (Target) -> Bool) -> GuardVerdict {
        state.withLock { state in
            var rules = state.rules
            let verdicts = questions.map { rules.verdict($0, isHeld: isHeld) }
            return verdicts.max { $0.rank < $1.rank } ?? .allow
        }
    }

    /// The effect came to nothing, so it hit nobody.
    func giveBack(_ action: ActionName, _ target: Target) { state.withLock { $0.rules.budgets.giveBack(action, target) } }

    // MARK: - What it learns

    /// What came of an attempt. `nil` = it worked.
    ///
    /// - Returns: the circuit, where it has opened or closed by this.
    func note(_ key: CircuitKey, failure: String?, at now: Timestamp) -> Circuit? {
        state.withLock { state in
            guard failure != nil || state.rules.circuits[key] != nil else { return nil }
            var circuit = state.rules.circuits[key] ?? Circuit()
            let hasChanged = circuit.note(failure: failure, at: now)
            state.rules.circuits[key] = circuit.failures == 0 ? nil : circuit
            if hasChanged { state.hasNewCircuits = true }
            return hasChanged ? circuit : nil
        }
    }

    func observe(_ events: [Event]) {
        guard !events.isEmpty else { return }
        state.withLock { state in
            for event in events { state.rules.successes.observe(event) }
        }
    }

    func protect(_ targets: ProtectedTargets) { state.withLock { $0.rules.protected = targets } }

    func put(_ entry: AllowlistEntry) {
        state.withLock { state in
            state.rules.allowlist.removeAll { $0.id == entry.id }
            if entry.removedAt == nil { state.rules.allowlist.append(entry) }
        }
    }

    func put(_ pauses: PauseHistory) { state.withLock { $0.rules.pauses = pauses } }

    func put(_ modes: ModeOverrides) { state.withLock { $0.rules.modes = modes } }

    /// An effect is in force on a target that must be left alone by now: it is to be taken back.
    func overrule(_ effect: EffectID) { state.withLock { $0.overruled.append(effect) } }

    func takeOverruled() -> [EffectID] {
        state.withLock { state in
            defer { state.overruled = [] }
            return state.overruled
        }
    }

    /// How budgets and back ends stand.
    func status(at now: Timestamp) -> (budgets: [BudgetStatus], circuits: [CircuitKey: Circuit], evictions: Int) {
        state.withLock { state in
            (state.rules.budgetStatus(.high, at: now), state.rules.circuits.filter { !$0.value.isClosed }, state.rules.successes.evictions)
        }
    }
}

/// What the guard wants written, and what of its memory that is.
struct GuardNotes: Sendable {
    var operations: [StoreOperation] = []
    var parts: [Int] = []
}

extension GuardVerdict {
    fileprivate var rank: Int {
        switch self {
        case .allow: 0
        case .degrade: 1
        case .hold: 2
        case .refuse: 3
        }
    }
}
