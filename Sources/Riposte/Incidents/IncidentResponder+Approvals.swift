internal import Logging
internal import Synchronization

extension IncidentResponder {
    /// Answers an approval: lets what it is about through, or does not. The first answer stands; whoever comes later, or at
    /// the same moment, changes nothing and learns what was answered. What waited for it goes on.
    ///
    /// - Throws: ``ResponderError`` where there is no such approval.
    @discardableResult
    public func answer(
        _ id: ApprovalID, _ decision: Vote.Decision, actor: String, reason: String = ""
    ) async throws -> (approval: Approval, result: Approval.VoteResult) {
        try await recoverOnce()
        let vote = Vote(actor: actor, decision: decision, reason: reason, at: clock.now())
        let roles = configuration.approvals.roles
        return try await change(id) { $0.take(vote, roles: roles) }
    }

    /// Ends the approvals whose time is over; what waited for them is not done.
    func expireApprovals() async throws {
        let now = clock.now()
        for id in engine.desk.due(at: now) { try await change(id) { $0.expire(at: now) } }
    }

    /// A run was taken back: nobody needs to answer for it any more.
    func withdraw(_ run: RunID, _ undone: Undone) async throws {
        guard let id = engine.desk.question(of: run)?.id else { return }
        try await change(id) { [desk = engine.desk] approval in
            guard let question = desk.question(of: run), question.id == id else { return }
            approval.withdraw(run, undone, isLast: question.isLast)
        }
        engine.desk.leave(run, id)
    }

    /// One change at a time, on disk before anybody acts on it.
    @discardableResult
    private func change<Result>(_ id: ApprovalID, _ body: (inout Approval) -> Result) async throws -> (Approval, Result) {
        try await engine.desk.gate.withLock(id) {
            guard let before = engine.desk.takeUp(id) else {
                guard var approval = try await store.approval(id) else {
                    throw ResponderError(.unknownApproval, "there is no approval \(id)")
                }
                let result = body(&approval)
                return (approval, result)
            }
            var after = before
            let result = body(&after)
            do {
                if after != before { try await engine.commit(WriteBatch([.putApproval(after)])) }
            } catch {
                _ = engine.desk.put(before, at: clock.now())
                throw error
            }
            let waiting = engine.desk.put(after, at: clock.now())
            if after.state != .pending {
                logger.notice("approval \(after.state.rawValue)", metadata: ["approval": "\(id)", "runs": "\(waiting.count)"])
            }
            try await requeue(waiting)
            return (after, result)
        }
    }

    func requeue(_ waiting: Set<RunID>) async throws {
        for (place, id) in waiting.sorted().enumerated() {
            do { if let run = try await store.run(id) { queue.add(run, isResumed: true) } } catch {
                // It is answered all the same: they go on when the store can be read again.
                let left = waiting.sorted()[place...]
                return state.withLock { $0.stalled += left }
            }
        }
    }
}
