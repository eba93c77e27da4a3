internal import Logging

/// Where a run stops to ask people. The one way for all who want to: the playbook's mode, a step, the guard.
extension RunDriver {
    /// Whether people have let this execution through.
    func isApproved(_ path: StepPath) -> Bool { machine.isApproved(path) }

    /// Does not carry an execution out before people have let it through. The step's other executions go first; then
    /// people are asked about all of it that was held, and the run stops until they have answered.
    mutating func hold(_ path: StepPath, because reason: String) async throws {
        let paths = machine.hold(path, because: reason)
        guard !paths.isEmpty else { return }
        let reasons = paths.compactMap { machine.held[$0] }.uniqued()
        let rest = reasons.count > 3 ? "; and \(reasons.count - 3) reasons more" : ""
        try await ask(paths, ApprovalPolicy(), because: reasons.prefix(3).joined(separator: "; ") + rest)
    }

    /// Asks where the playbook's mode or the step wants it and nobody has answered yet.
    mutating func asks(_ action: RegisteredAction, _ step: Step, _ path: StepPath) async throws -> Bool {
        guard run.mode != .shadow else { return false }
        if run.mode == .approve, !action.isInformative, machine.runAnswer == nil {
            try await ask([], ApprovalPolicy(), because: "the playbook's mode is approve")
        } else if let policy = step.approval, machine.answers[path] == nil {
            let left = machine.left
            try await ask(left.contains(path) ? left : [path], policy, because: "the step “\(step.id)” asks")
        } else {
            return false
        }
        return true
    }

    /// The result of an execution that people did not let through.
    func denial(_ action: RegisteredAction, _ path: StepPath, _ now: Timestamp) -> StepOutcome? {
        let forRun = action.isInformative ? nil : machine.runAnswer
        guard let answer = [machine.answers[path], forRun].compactMap(\.self).first(where: { !$0.isGranted }) else { return nil }
        return StepOutcome(.denied, answer.sentence, failureKind: .permanent, startedAt: now, endedAt: now)
    }

    /// Goes on where people have answered; false where the run is to be left until they have.
    mutating func goOn(after id: ApprovalID) async throws -> Bool {
        try await flush()
        guard let answer = try await answer(to: id) else { return false }
        let since = machine.question?.since ?? engine.clock.now()
        write(.answered(id, answer, waited: max(engine.clock.now() - since, .zero)))
        pending.append(.putRun(run))
        logger.notice("\(answer.sentence)", metadata: ["approval": "\(id)"])
        return true
    }

    /// What was answered; of a run that was taken back nobody needs to answer anything.
    private func answer(to id: ApprovalID) async throws -> ApprovalAnswer? {
        if !engine.desk.isOpen(id), let approval = try await engine.store.approval(id), let answer = ApprovalAnswer(approval) {
            return answer
        }
        return run.undone.map(ApprovalAnswer.init(withdrawn:))
    }

    // MARK: - Asking

    /// - Parameter scope: the executions it is about; empty = all that the run has left to do.
    private mutating func ask(_ scope: [StepPath], _ policy: ApprovalPolicy, because reason: String) async throws {
        let policy = policy.over(run.playbook.approvals).over(engine.approvals.policy).over(.standard)
        let request = await request(scope, policy, because: reason)
        let now = engine.clock.now()
        let (approval, isAnnounced) = engine.desk.ask(request, at: now)
        write(.asked(scope, approval.id, at: now))
        var waiting = run
        waiting.waitingFor = approval.id
        pending.append(.putRun(waiting))
        pending.append(.putApproval(approval))
        if !isAnnounced {
            let wanted = policy.channels ?? []
            for channel in engine.channels where wanted.isEmpty || wanted.contains(channel) {
                let notification = Notification(asking: approval, through: channel)
                pending.append(.putOutboxItem(OutboxItem(notification: notification, channel: channel, nextAttemptAt: now)))
            }
        }
        try await flush()
        engine.desk.announced(approval.id)
        logger.notice("waits for people: \(reason)", metadata: ["approval": "\(approval.id)", "playbook": "\(run.playbook.slug)"])
    }

    private func request(_ scope: [StepPath], _ policy: ApprovalPolicy, because reason: String) async -> ApprovalRequest {
        let paths = scope.isEmpty ? everythingLeft : scope
        let requester: String? = if case .manual(let actor, _) = run.trigger, policy.hasFourEyes == true { actor } else { nil }
        let rule = ApprovalRule(approvers: policy.approvers ?? [], quorum: policy.quorum ?? 1, requester: requester)
        let action = scope.first.map { run.playbook.steps[$0.index].action }
        return ApprovalRequest(
            key: ApprovalKey(playbook: run.playbook.slug, action: action, severity: run.severity, rule: rule), run: run.id,
            incident: run.incidentID, paths: scope, reason: reason, proposals: await proposals(paths.prefix(Approval.listed)),
            targets: Array(paths.lazy.compactMap(\.target).prefix(Approval.listed)), proposalCount: paths.count,
            timeout: policy.timeout ?? .hours(1))
    }

    /// All executions that touch something, from the present step to the last.
    private var everythingLeft: [StepPath] {
        var index = machine.left.first?.index ?? 0
        var all = machine.left
        while index + 1 < run.playbook.steps.count {
            index += 1
            all += (try? paths(index)) ?? [StepPath(index)]
        }
        return all.filter { engine.actions[run.playbook.steps[$0.index].action]?.isInformative != true }
    }

    /// What each would do, as it looks now; later ones see what the earlier ones would have written.
    private func proposals(_ paths: some Sequence<StepPath>) async -> [String] {
        var imagined = self
        var lines: [String] = []
        for path in paths {
            let step = run.playbook.steps[path.index]
            let now = engine.clock.now()
            var outcome = StepOutcome(.failed, "no such action is registered", startedAt: now, endedAt: now)
            if let action = engine.actions[step.action] {
                outcome =
                    if let refusal = refusal(action, path, now) { refusal } else {
                        await preview(action, step, imagined.context(path, 1, now), now)
                    }
                imagined.machine.imagine(outcome.context)
            }
            lines.append(PlainText.line("\(step.action)\(path.target.map { " \($0)" } ?? ""): \(outcome.message)"))
        }
        return lines
    }
}
