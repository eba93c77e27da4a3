/// What would have happened had playbooks acted that ran in shadow: how many targets, and who of them signed in later and
/// would have been hindered. Pure: made from the effects they would have had.
public struct Counterfactual: Sendable, Hashable {
    /// What playbooks would have put in force.
    public var effects: [ShadowEffect]

    /// - Parameter effects: those of ``IncidentStore/shadowEffects(since:)``, or some of them.
    public init(_ effects: [ShadowEffect]) { self.effects = effects }

    /// What one kind of effect comes to, each target counted once.
    public struct Total: Sendable, Hashable, Codable {
        /// Which kind of effect.
        public var kind: EffectKind
        /// On which kind of target.
        public var targetKind: Target.Kind
        /// On how many different targets.
        public var targets: Int
        /// Those that signed in successfully later.
        public var signedInLater: Int
        /// Those that signed in while the effect would have been in force.
        public var hindered: Int

        init(_ kind: EffectKind, _ targetKind: Target.Kind, _ effects: [ShadowEffect]) {
            self.kind = kind
            self.targetKind = targetKind
            targets = Set(effects.map(\.target)).count
            signedInLater = Set(effects.filter { $0.successes > 0 }.map(\.target)).count
            hindered = Set(effects.filter { $0.hinderedSuccesses > 0 }.map(\.target)).count
        }

        /// `41 addresses would have been blocked, 3 of them signed in successfully later (2 while it would have held)`.
        public var sentence: String {
            let what = "\(targets) \(noun) would have been \(verb)"
            guard targets > 0, signedInLater > 0 else { return what + ", none of them signed in successfully later" }
            let who = signedInLater == targets && targets == 1 ? "it" : "\(signedInLater) of them"
            let when = hindered == 0 ? "none while it would have held" : "\(hindered) while it would have held"
            return "\(what), \(who) signed in successfully later (\(when))"
        }

        private var noun: String {
            switch targetKind {
            case .address: targets == 1 ? "address" : "addresses"
            case .user: targets == 1 ? "account" : "accounts"
            case .session: targets == 1 ? "session" : "sessions"
            }
        }

        private var verb: String {
            switch kind {
            case .ban: "blocked"
            case .throttle: "slowed down"
            case .accountLock: "locked"
            default: "changed (\(kind))"
            }
        }
    }

    /// By kind, over all playbooks.
    public var totals: [Total] { Self.totals(of: effects) }

    /// By playbook.
    public var byPlaybook: [(playbook: PlaybookSlug, totals: [Total])] {
        Dictionary(grouping: effects, by: \.playbook).sorted { $0.key < $1.key }.map { ($0.key, Self.totals(of: $0.value)) }
            .filter { !$0.1.isEmpty }
    }

    /// Those whose target signed in later, each target and kind of effect once, who would have been hindered first. Each
    /// group is what several playbooks would have done alike, the first of them first.
    public var signedInLater: [[ShadowEffect]] {
        struct Key: Hashable {
            var kind: EffectKind
            var target: Target
        }
        let groups = Dictionary(grouping: effects.filter { $0.successes > 0 }) { Key(kind: $0.kind, target: $0.target) }
        let sorted = groups.sorted { ($0.key.target, $0.key.kind) < ($1.key.target, $1.key.kind) }
            .map { $0.value.sorted { ($0.since, $0.playbook) < ($1.since, $1.playbook) } }
        let (hindered, others) = sorted.partitioned { $0.contains { $0.hinderedSuccesses > 0 } }
        return hindered + others
    }

    /// Those that would have been refused.
    public var refused: [ShadowEffect] { effects.filter { $0.refusal != nil }.sorted { ($0.target, $0.id) < ($1.target, $1.id) } }

    private static func totals(of effects: [ShadowEffect]) -> [Total] {
        struct Key: Hashable {
            var kind: EffectKind
            var target: Target.Kind
        }
        return Dictionary(grouping: effects.filter { $0.refusal == nil }) { Key(kind: $0.kind, target: $0.target.kind) }
            .map { Total($0.key.kind, $0.key.target, $0.value) }
            .sorted { ($0.targetKind.rawValue, $0.kind) < ($1.targetKind.rawValue, $1.kind) }
    }
}

extension Counterfactual {
    private static let listed = 20

    /// As a person reads it. What came from events is escaped for a terminal.
    public var text: String {
        var lines = totals.map(\.sentence)
        if lines.isEmpty { lines = ["Nothing would have been done in shadow."] }
        let later = signedInLater
        lines += later.prefix(Self.listed).map { "  " + Self.line($0) }
        if later.count > Self.listed { lines.append("  and \(later.count - Self.listed) more") }
        let refused = self.refused
        if !refused.isEmpty { lines.append("\(refused.count) would not have been done:") }
        lines += refused.prefix(Self.listed).map { "  \($0.target): \($0.refusal ?? "") (\($0.playbook))" }
        if refused.count > Self.listed { lines.append("  and \(refused.count - Self.listed) more") }
        if byPlaybook.count > 1 {
            for (playbook, totals) in byPlaybook { lines += ["By \(playbook)"] + totals.map { "  " + $0.sentence } }
        }
        return lines.map(TerminalText.safe).joined(separator: "\n")
    }

    private static func line(_ group: [ShadowEffect]) -> String {
        guard let effect = group.first else { return "" }
        let first = effect.firstSuccessAt ?? effect.since
        let times = effect.successes == 1 ? "signed in once" : "signed in \(effect.successes) times"
        let held = group.contains { $0.hinderedSuccesses > 0 } ? "while it would have held" : "after it would have ended"
        let after = IncidentReport.text(max(first - effect.since, .zero))
        let whose = group.map(\.playbook.rawValue).joined(separator: ", ")
        return "\(effect.target)  \(times), first at \(first.toTheSecond), \(after) later, \(held)  (\(whose); \(effect.incidentID))"
    }
}
