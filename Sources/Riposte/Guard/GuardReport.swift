/// How the guard stands, as a person or a program reads it: what it would stop now, before it does.
public struct GuardReport: Sendable, Hashable, Codable {
    /// The pause that holds; `nil` = things go on.
    public var pause: Pause?
    /// Entries in force.
    public var allowlist: [AllowlistEntry]
    /// Of each action and kind of target that was used lately.
    public var budgets: [BudgetStatus]
    /// Actions that need a person's yes because their back ends fail.
    public var demoted: [Demotion]
    /// Playbooks that people have given another mode than is written in them.
    public var modes: [ModeOverrides.Entry]
    /// Anomalies that were not looked at because there were too many.
    public var shed: UInt64
    /// When that last happened; `nil` = never.
    public var shedLast: Timestamp?
    /// What the memory of who signs in had to drop.
    public var forgottenSuccesses: Int

    /// An action that needs a person's yes for now.
    public struct Demotion: Sendable, Hashable, Codable {
        /// The action.
        public var action: ActionName
        /// Which of the action's back ends; `nil` = it has one.
        public var backEnd: String?
        /// How its back end fares.
        public var circuit: Circuit
    }

    /// Gathers what the store says.
    public init(from store: any IncidentStore, protected: ProtectedTargets, budgets limits: BudgetLimits, now: Timestamp) async throws {
        let rules = Guard(protected: protected, budgets: limits)
        try await rules.load(from: store, at: now)
        self.init(rules, now: now)
    }

    init(_ rules: Guard, now: Timestamp) {
        let status = rules.status(at: now)
        pause = rules.pause
        allowlist = rules.allowlist(at: now)
        budgets = status.budgets
        demoted = status.circuits.sorted { $0.key < $1.key }
            .map { Demotion(action: $0.key.action, backEnd: $0.key.backEnd, circuit: $0.value) }
        modes = rules.modes.inForce
        (shed, shedLast) = (rules.flood.shed.total, rules.flood.shed.last)
        forgottenSuccesses = status.evictions
    }

    /// As a person reads it in a terminal.
    public var text: String {
        var lines = [pause.map { "\($0.sentence); nothing is done until: riposte resume" } ?? "on guard"]
        for demotion in demoted {
            let until = demotion.circuit.openUntil.map { " until \($0.toTheSecond)" } ?? ""
            lines.append("\(CircuitKey(demotion.action, demotion.backEnd)) needs approval\(until): \(demotion.circuit.lastError)")
        }
        for entry in modes { lines.append("playbook \(entry.playbook) is in the mode \(entry.mode?.rawValue ?? ""), \(entry.sentence)") }
        for budget in budgets {
            let window = DurationText.format(.seconds(budget.windowSeconds))
            lines.append(
                "\(budget.action): \(budget.used) of \(budget.allowed) \(budget.kind.plural) who have signed in lately hit within \(window); "
                    + "critical severity has \(budget.forCritical)")
        }
        if budgets.isEmpty { lines.append("nobody who has signed in lately was hit") }
        lines.append("\(allowlist.count) on the allowlist")
        if shed > 0 { lines.append("\(shed) anomalies shed in floods" + (shedLast.map { ", the last \($0.toTheSecond)" } ?? "")) }
        if forgottenSuccesses > 0 { lines.append("\(forgottenSuccesses) sign-ins of the last days were forgotten for want of room") }
        return lines.map(TerminalText.safe).joined(separator: "\n")
    }
}

extension IncidentResponder {
    /// How the guard stands now.
    public var guardReport: GuardReport { GuardReport(engine.guard, now: clock.now()) }
}
