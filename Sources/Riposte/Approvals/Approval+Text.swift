extension Approval {
    /// What a person reads before they answer. What came from events is escaped for a terminal.
    public func text(at now: Timestamp) -> String {
        var lines = ["\(id)  \(severity)  \(subject)", "  state      \(standing(at: now))", "  asked      \(requestedAt.toTheSecond)"]
        let who = rule.approvers.isEmpty ? "anybody who may work with the engine" : rule.approvers.joined(separator: ", ")
        lines.append("  who        \(who)" + (rule.quorum > 1 ? "; \(rule.quorum) of them" : ""))
        if let requester = rule.requester { lines.append("  not        \(requester), who has asked for the run") }
        lines += reasons.map { "  why        \($0)" }
        lines += ["", "What would be done (\(proposalCount) in \(runCount) \(runCount == 1 ? "run" : "runs"))"]
        lines += proposals.map { "  \($0)" }
        if proposalCount > proposals.count { lines.append("  and \(proposalCount - proposals.count) more") }
        lines += ["", "Incidents"] + incidents.map { "  riposte incident show \($0)" }
        if runCount > incidents.count, incidents.count == Self.listed { lines.append("  and more") }
        if !votes.isEmpty { lines += ["", "Answers"] + votes.map(Self.line) }
        if !turnedAway.isEmpty { lines += ["", "Turned away"] + turnedAway.map(Self.line) }
        return lines.map(TerminalText.safe).joined(separator: "\n")
    }

    /// `pending, 1 of 2, 43m left`, or how it was answered.
    public func standing(at now: Timestamp) -> String {
        if let answer = ApprovalAnswer(self) { return "\(answer.sentence), at \(answer.at.toTheSecond)" }
        let left = now < expiresAt ? "\(DurationText.format(.seconds((expiresAt - now).components.seconds))) left" : "its time is over"
        return "pending, \(granters.count) of \(rule.quorum) granted, \(left)"
    }

    private static func line(_ vote: Vote) -> String {
        "  \(vote.at.toTheSecond)  \(vote.actor): \(vote.decision.rawValue)" + (vote.reason.isEmpty ? "" : ": \(vote.reason)")
    }

    /// Those that matter most first: by severity, then the one whose time is over first.
    public static func byUrgency(_ approvals: [Approval]) -> [Approval] {
        approvals.sorted { ($1.severity, $0.expiresAt, $0.id) < ($0.severity, $1.expiresAt, $1.id) }
    }
}

extension ControlRequest.Answer {
    /// What the command line says of a vote. Saying again what was answered already is no error.
    init(_ answered: (approval: Approval, result: Approval.VoteResult), _ decision: Vote.Decision) {
        let approval = answered.approval
        let sentence = TerminalText.safe(ApprovalAnswer(approval)?.sentence ?? "")
        switch answered.result {
        case .decided:
            let runs = "\(approval.runCount) \(approval.runCount == 1 ? "run" : "runs")"
            let what = approval.state == .granted ? "\(runs) of \(approval.subject) go on" : "not done: \(runs) of \(approval.subject)"
            self = .done("\(approval.id) \(sentence)\n\(what)", incident: nil)
        case .counted: self = .done("\(approval.id): granted, and \(approval.missing) more to grant it", incident: nil)
        case .repeated: self = .done("\(approval.id): you have granted it before; \(approval.missing) more to grant it", incident: nil)
        case .late:
            let text = "\(approval.id) was answered already: \(sentence), at \(approval.answeredAt?.toTheSecond ?? ""). Nothing has changed"
            self = approval.state == (decision == .grant ? .granted : .denied) ? .done(text, incident: nil) : .refused(text)
        case .turnedAway(let why): self = .refused(TerminalText.safe("\(approval.id): \(why). The attempt is recorded"))
        }
    }
}
