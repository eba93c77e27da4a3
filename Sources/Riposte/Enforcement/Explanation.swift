/// The answer to "why?": what is in force on a target, who wanted it, what came before, and how to undo it.
public struct Explanation: Sendable {
    /// Whom it is about.
    public var target: Target
    /// What is in force; `nil` = nothing. Of an address the strictest decision that covers it.
    public var decision: Decision?
    /// What was done to the target, and what the decision rests on, oldest first, whatever has become of it.
    public var effects: [Effect]
    /// The incidents about it, the latest first; at most 20.
    public var incidents: [Incident]
    /// Why the target is left alone, where it is.
    public var protection: String?
    /// The pause that holds now.
    public var pause: Pause?
    /// What the guard has refused, held or made less of lately, oldest first.
    public var refusals: [Refusal]
    /// Runs by hand on the target that a pause has refused lately, oldest first; at most 20.
    public var refusedRuns: [RefusedRun]

    /// A run that somebody wanted and that did not begin.
    public struct RefusedRun: Sendable, Hashable {
        /// When it was wanted.
        public var at: Timestamp
        /// Who wanted what, and why it was refused.
        public var message: String
    }

    /// One thing that was not done, or not as it was wanted.
    public struct Refusal: Sendable, Hashable {
        /// When the guard said so.
        public var at: Timestamp
        /// The action that was to be carried out.
        public var action: ActionName
        /// Whom it was to be carried out on.
        public var target: Target
        /// The incident in whose record it stands.
        public var incident: IncidentID
        /// Why, in a sentence.
        public var message: String
    }

    /// Gathers what the store says.
    ///
    /// - Parameter now: the present, for what is in force.
    public init(_ target: Target, from store: any IncidentStore, protected: ProtectedTargets, now: Timestamp) async throws {
        self.target = target
        let rules = Guard(protected: protected)
        try await rules.load(from: store, at: now)
        protection = rules.publicationRefusal(.ban, target, at: now)
        pause = rules.pause
        incidents = try await store.incidents(IncidentQuery(target: target, limit: 20))
        let open = try await store.effects(.open)
        let inForce = open.filter { $0.state == .active || $0.state == .undoing }.filter { $0.expiresAt.map { $0 > now } ?? true }
        let board = DecisionBoard(protected: protected)
        board.restore(inForce)
        switch target {
        case .address(let range): decision = board.snapshot.decision(for: range.network, at: now)
        case .user, .session: decision = board.snapshot.decisions(on: target).first { $0.isInForce(at: now) }
        }
        var effects = try await store.effects(EffectQuery(target: target))
        if let decision { effects += open.filter { decision.owners.contains($0.id) } }
        self.effects = effects.uniqued().sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        refusals = try await Self.refusals(of: target, in: incidents.prefix(5), store)
        let refused = try await store.guardState(.refusedRuns).flatMap(RefusedRuns.init)?.entries ?? []
        refusedRuns = refused.filter { $0.targets.contains { $0.overlaps(target) } }.suffix(20)
            .map { RefusedRun(at: $0.at, message: $0.sentence) }
    }

    private static func refusals(
        of target: Target, in incidents: some Sequence<Incident>, _ store: any IncidentStore
    ) async throws -> [Refusal] {
        var found: [Refusal] = []
        for incident in incidents {
            for run in try await store.runs(of: incident.id).suffix(20) {
                if run.targets.touches(target), let held = try await held(run, target, store) { found.append(held) }
                for entry in try await store.journal(of: run.id) {
                    guard case .outcome(let path, let outcome) = entry.record, outcome.guardNote != nil || outcome.kind == .refused,
                        path.target.map({ $0.overlaps(target) }) ?? run.targets.touches(target)
                    else { continue }
                    found.append(
                        Refusal(
                            at: outcome.endedAt, action: run.playbook.steps[path.index].action, target: path.target ?? target,
                            incident: incident.id, message: outcome.message))
                }
            }
        }
        return found.sorted { ($0.at, $0.incident) < ($1.at, $1.incident) }.suffix(20)
    }

    /// What a run waits for people to say yes to.
    private static func held(_ run: PlaybookRun, _ target: Target, _ store: any IncidentStore) async throws -> Refusal? {
        guard !run.status.isFinal, let id = run.waitingFor, let approval = try await store.approval(id) else { return nil }
        return Refusal(
            at: approval.requestedAt, action: approval.action ?? run.playbook.steps.first?.action ?? "", target: target,
            incident: run.incidentID,
            message: "needs approval: \(approval.reasons.joined(separator: "; ")); look at it with: riposte approval show \(id)")
    }

    /// As a person reads it in a terminal.
    public func text(now: Timestamp) -> String {
        var lines = ["\(target): " + verdict(now)]
        if let protection { lines.append("  protected: \(protection)") }
        if let pause { lines.append("  \(pause.sentence); nothing is done until: riposte resume") }
        for refusal in refusals {
            lines.append("  \(refusal.at.toTheSecond) \(refusal.action) \(refusal.target) in \(refusal.incident): \(refusal.message)")
        }
        lines += refusedRuns.map { "  \($0.at.toTheSecond) \($0.message)" }
        for effect in effects.suffix(20) {
            let until = effect.expiresAt.map { "until \($0.toTheSecond)" } ?? "for good"
            let end = effect.endedAt.map { ", \(effect.state.rawValue) \($0.toTheSecond)" } ?? ""
            let state = effect.condition(at: now)
            lines.append(
                "  \(effect.kind) from \(effect.createdAt.toTheSecond) \(until): \(state), by playbook \(effect.playbook) in \(effect.incidentID)\(end)"
            )
            lines += effect.remarks.map { "    \($0)" }
        }
        for incident in incidents {
            let reason = incident.reason.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
            lines.append("  \(incident.id)  \(incident.severity) \(incident.status.rawValue)  \(incident.title)\(reason)")
        }
        if let incident = effects.last(where: { $0.state.isOpen && !isOver($0, now) })?.incidentID {
            lines.append("  to undo it: riposte incident undo \(incident)")
        }
        if effects.isEmpty, incidents.isEmpty, refusedRuns.isEmpty { lines.append("  nothing is known of it") }
        return lines.map(TerminalText.safe).joined(separator: "\n")
    }

    /// Whether a decision's time is up. It counts no more, whether an engine was there to write that down or not.
    private func isOver(_ effect: Effect, _ now: Timestamp) -> Bool {
        effect.state == .active && effect.endsByItself && effect.expiresAt.map { $0 <= now } ?? false
    }

    private func verdict(_ now: Timestamp) -> String {
        if let decision {
            let until =
                decision.until.map { "until \($0.toTheSecond), \(DurationText.format(.seconds(($0 - now).components.seconds))) left" }
                ?? "for good"
            return "\(decision.type) in force \(until)" + (decision.target == target ? "" : " (as part of \(decision.target))")
        }
        return effects.contains { $0.state.isOpen && !isOver($0, now) } ? "something is in force" : "nothing is in force"
    }
}
