extension Notification {
    /// Asks people. One for an approval and channel, whatever joins later: what it is about has an id of its own, so that it is
    /// never taken for news of an incident that people were told of already.
    init(asking approval: Approval, through channel: ChannelName) {
        var lines = approval.reasons.map { "Why: \($0)" }
        lines += approval.proposals.prefix(10).map { "- \($0)" }
        let rest = approval.proposalCount - min(approval.proposals.count, 10)
        if rest > 0 { lines.append("and \(rest) more") }
        lines += [
            "Look at it: riposte approval show \(approval.id)", "Let it through: riposte approval grant \(approval.id)",
            "Do not: riposte approval deny \(approval.id)",
            "Without an answer until \(approval.expiresAt.toTheSecond) it is not done. More that ask the same join it meanwhile.",
        ]
        let who = approval.rule.approvers.isEmpty ? "anybody who may work with the engine" : approval.rule.approvers.joined(separator: ", ")
        self.init(
            id: "ntf-" + StableHash.id(["\(approval.id)/\(channel)"]), incidentID: approval.id.rawValue, severity: approval.severity,
            title: "Approval needed (\(approval.severity)): \(approval.subject)", body: lines.joined(separator: "\n"),
            facts: [
                Fact(name: "approval", value: approval.id.rawValue), Fact(name: "who may answer", value: who),
                Fact(name: "needed", value: String(approval.rule.quorum)),
                Fact(name: "incident", value: approval.incidents.map(\.rawValue).joined(separator: ", ")),
            ], createdAt: approval.requestedAt, deduplicationKey: approval.id.rawValue)
    }
}

extension Notification {
    /// Whether it asks people something, rather than telling them of an incident.
    var isQuestion: Bool { incidentID.hasPrefix("apr-") }
}
