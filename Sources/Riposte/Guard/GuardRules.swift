/// Everything the guard knows, and what follows from it. A value without I/O: ``Guard`` keeps one in step with the store.
struct GuardRules: Sendable {
    var protected: ProtectedTargets
    let budgetLimits: BudgetLimits
    let maximumEventAge: Duration?
    /// Entries that may count now or later.
    var allowlist: [AllowlistEntry] = []
    var pauses = PauseHistory()
    /// What people have said of single playbooks.
    var modes = ModeOverrides()
    var successes = SuccessLedger()
    var budgets = BudgetBook()
    var circuits: [CircuitKey: Circuit] = [:]

    /// Why nothing may be done to `target`, whoever asks: it is protected, or on the allowlist.
    func refusal(for target: Target, at now: Timestamp) -> String? {
        protected.refusal(for: target) ?? entry(for: target, at: now).map { Self.sentence($0, target) }
    }

    /// An operator's entry before an ordinary one: protected goes before allowed.
    func entry(for target: Target, at now: Timestamp) -> AllowlistEntry? {
        let found = allowlist.filter { $0.isInForce(at: now) && $0.target.overlaps(target) }
        return found.first(where: \.isOperator) ?? found.first
    }

    private static func sentence(_ entry: AllowlistEntry, _ target: Target) -> String {
        let until = entry.expiresAt.map { " until \($0.toTheSecond)" } ?? ""
        let what = entry.target == target ? "\(target) is" : "\(target) overlaps \(entry.target), which is"
        if entry.isOperator { return "\(what) where the operator \(entry.author) works from, protected\(until)" }
        return "\(what) on the allowlist\(until), by \(entry.author)" + (entry.reason.isEmpty ? "" : ": \(entry.reason)")
    }

    /// Why a decision of this kind on `target` must not be published.
    func publicationRefusal(_ kind: EffectKind, _ target: Target, at now: Timestamp) -> String? {
        if let refusal = refusal(for: target, at: now) { return refusal }
        guard kind == .ban, case .address(let range) = target, let collateral = successes.collateral(range, at: now) else { return nil }
        return Self.sentence(collateral, range)
    }

    /// Precedence: protected, allowlist, undeclared proxy, shared address; then what only asks for a person.
    mutating func verdict(_ question: GuardQuestion, isHeld: (Target) -> Bool) -> GuardVerdict {
        let now = question.now
        if let target = question.target {
            if let refusal = refusal(for: target, at: now) { return .refuse(refusal) }
            if question.kind?.shutsOut ?? true, let refusal = protected.lastAdministratorRefusal(for: target, isHeld: isHeld) {
                return .refuse(refusal)
            }
        }
        var degraded: String?
        if case .address(let range)? = question.target, question.kind?.isDecision == true,
            let collateral = successes.collateral(range, at: now)
        {
            let sentence = Self.sentence(collateral, range)
            guard case .shared = collateral else { return .refuse(sentence) }
            if question.kind == .ban { degraded = sentence }
        }
        if question.isAutomatic {
            let key = CircuitKey(question.action, question.backEnd)
            if let objection = circuits[key]?.objection(at: now) {
                return .hold("\(key) is demoted to approval: \(objection)")
            }
            if let objection = overBudget(question) { return .hold(objection) }
        }
        return degraded.map(GuardVerdict.degrade) ?? .allow
    }

    private static func sentence(_ collateral: SuccessLedger.Collateral, _ range: AddressRange) -> String {
        switch collateral {
        case .shared(let users): "\(range) is shared: \(users) accounts have signed in from there within 7 days"
        case .proxy(let percent):
            "\(range) looks like a proxy that is not declared: \(percent) % of all sign-ins come from there; "
                + "if it is one, list it under protected: {proxies: …}"
        }
    }

    // MARK: - Budgets

    /// What is left of each budget that is in use, or that applies to one of `actions`.
    mutating func budgetStatus(_ severity: Severity, at now: Timestamp) -> [BudgetStatus] {
        budgets.spent.keys.sorted { ($0.action, $0.kind.rawValue) < ($1.action, $1.kind.rawValue) }.compactMap { key in
            guard let limit = budgetLimits.limit(key.action, key.kind) else { return nil }
            let used = budgets.used(key, besides: nil, window: limit.window, at: now)
            let population = successes.population(of: key.kind, at: now)
            return BudgetStatus(
                action: key.action, kind: key.kind, used: used, allowed: limit.allowed(population: population, severity),
                forCritical: limit.allowed(population: population, .critical), windowSeconds: Int(limit.window.components.seconds))
        }
    }

    private mutating func overBudget(_ question: GuardQuestion) -> String? {
        guard let target = question.target, successes.isCollateral(target, at: question.now),
            let limit = budgetLimits.limit(question.action, target.kind)
        else { return nil }
        let key = BudgetBook.Key(action: question.action, kind: target.kind)
        let used = budgets.used(key, besides: target, window: limit.window, at: question.now)
        let allowed = limit.allowed(population: successes.population(of: target.kind, at: question.now), question.severity)
        guard used >= allowed else { return nil }
        let reserve = question.severity == .critical ? "" : "; the rest is kept for critical severity"
        return
            "the budget of \(question.action) is used up: \(used) of \(allowed) \(target.kind.plural) who have signed in lately were hit within "
            + "\(DurationText.format(limit.window))\(reserve)"
    }

    /// Counts a target that is about to be hit, where it is somebody's.
    mutating func spend(_ action: ActionName, _ target: Target, at now: Timestamp) {
        if successes.isCollateral(target, at: now) { budgets.spend(action, target, at: now) }
    }

    // MARK: - Age

    /// Why a run may not act by itself: what it answers was too long ago when it was found.
    func staleness(of run: PlaybookRun) -> String? {
        guard let limit = maximumEventAge, let anomaly = run.trigger.anomaly, run.createdAt - anomaly.last > limit else { return nil }
        let age = DurationText.format(.seconds((run.createdAt - anomaly.last).components.seconds))
        return "its last event was \(age) old when it was found, more than max_event_age (\(DurationText.format(limit)))"
    }
}

/// How one budget stands.
public struct BudgetStatus: Sendable, Hashable, Codable {
    /// Whose budget it is.
    public var action: ActionName
    /// Which kind of target it counts.
    public var kind: Target.Kind
    /// How many who have signed in lately were hit within ``windowSeconds``.
    public var used: Int
    /// How many may be hit for anything less than critical, before a person has to say yes.
    public var allowed: Int
    /// The same with what is kept for critical severity.
    public var forCritical: Int
    /// In how many seconds they count together.
    public var windowSeconds: Int
}

extension Target.Kind {
    var plural: String {
        switch self {
        case .address: "addresses"
        case .user: "accounts"
        case .session: "sessions"
        }
    }
}
