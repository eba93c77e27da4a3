/// What one run asks, before it is known whether others ask the same.
struct ApprovalRequest: Sendable {
    var key: ApprovalKey
    var run: RunID
    var incident: IncidentID
    /// Which of the run's steps it is about; empty = the whole run.
    var paths: [StepPath]
    var reason: String
    /// A line for each action and target; the first few.
    var proposals: [String]
    var targets: [Target]
    var proposalCount: Int
    var timeout: Duration
}

/// What is asked as one question.
struct ApprovalKey: Sendable, Hashable {
    var playbook: PlaybookSlug
    var action: ActionName?
    var severity: Severity
    var rule: ApprovalRule
}

extension Approval {
    init(opening request: ApprovalRequest, at now: Timestamp) {
        let scope = request.paths.first.map(\.description) ?? "run"
        self.init(
            ApprovalID("apr-" + StableHash.id([request.run.rawValue, scope], length: 10)), playbook: request.key.playbook,
            action: request.key.action, severity: request.key.severity, rule: request.key.rule, requestedAt: now,
            expiresAt: now + request.timeout)
    }

    var key: ApprovalKey { ApprovalKey(playbook: playbook, action: action, severity: severity, rule: rule) }

    /// Whether another run may still join: nobody has voted on less than they would then let through, and at least half of
    /// the time is left to look at it.
    func takesMore(at now: Timestamp) -> Bool {
        state == .pending && votes.isEmpty && (expiresAt - now) * 2 >= expiresAt - requestedAt
    }

    /// Another run waits for it.
    mutating func join(_ request: ApprovalRequest) {
        runCount += 1
        proposalCount += request.proposalCount
        reasons.take([request.reason], upTo: Self.listedReasons)
        proposals.take(request.proposals, upTo: Self.listed)
        targets.take(request.targets, upTo: Self.listed)
        incidents.take([request.incident], upTo: Self.listed)
        version += 1
    }
}

extension Array where Element: Equatable {
    /// Appends what is not there yet, as long as there is room.
    fileprivate mutating func take(_ others: [Element], upTo limit: Int) {
        for other in others where count < limit && !contains(other) { append(other) }
    }
}
