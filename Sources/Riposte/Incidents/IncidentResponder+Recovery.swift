internal import Logging
internal import Synchronization

extension IncidentResponder {
    /// Brings memory in step with the store: open incidents, effects, decisions, unfinished runs. What ran out while nobody
    /// was there ends before this returns, so before the first new event is read.
    public func recover() async throws {
        try await recoverOnce()
    }

    /// The first caller does it, the others wait for it.
    func recoverOnce() async throws {
        guard !state.withLock(\.isRecovered) else { return }
        try await ingestGate.withLock("recover") {
            guard !state.withLock(\.isRecovered) else { return }
            try await load()
            state.withLock { $0.isRecovered = true }
        }
    }

    private func load() async throws {
        try await reloadStoredPlaybooks()
        let unfinished = try await store.unfinishedRuns()
        let limit = engine.book.limit
        let open = try await store.incidents(IncidentQuery(statuses: Incident.Status.live, limit: limit + 1))
        if open.count > limit { engine.book.isPartial() }
        var runs: [PlaybookRun] = []
        var anomalies: [(id: AnomalyID, incident: IncidentID)] = []
        for incident in open.prefix(limit) {
            runs += try await store.runs(of: incident.id)
            anomalies += try await store.anomalies(of: incident.id).map { ($0.id, incident.id) }
        }
        let now = clock.now()
        engine.book.begin(at: try await store.anomalies(after: now).map(\.last).reduce(now, max))
        engine.book.load(Array(open.prefix(limit)), runs: runs, anomalies: anomalies)
        engine.ledger.load(try await store.effects(.open))
        try await loadGuard()
        try await settleOrphans(Set(unfinished.map(\.id)))
        try await restoreDecisions()
        engine.shadows.load(try await store.shadowEffects(since: clock.now() - ShadowWatch.period))
        engine.desk.load(try await store.approvals(.pending), waiting: unfinished, at: clock.now())
        for run in unfinished { if let undone = run.undone { try await withdraw(run.id, engine.undone.add(run.id, undone)) } }
        for run in unfinished where run.waitingFor.map({ !engine.desk.isOpen($0) }) ?? true { queue.add(run, isResumed: true) }
        try await expireApprovals()
    }

    /// A pending effect whose run is over has nobody left to settle it: it counts as there until it is taken back.
    private func settleOrphans(_ unfinished: Set<RunID>) async throws {
        var batch = WriteBatch()
        for effect in engine.ledger.open where effect.state == .pending && !unfinished.contains(effect.runID) {
            let settled = engine.ledger.update(effect.id) { effect in
                effect.state = effect.undoneBy == nil ? .active : .undoing
                effect.nextUndoAt = effect.undoneBy.map { _ in clock.now() }
            }
            if let settled { batch.append(.putEffect(settled)) }
        }
        try await engine.commit(batch)
    }

    /// Decisions that have run out are never put back; their effects are journaled as ended at once. What must be taken
    /// back elsewhere is left to the background, which tries until it works.
    private func restoreDecisions() async throws {
        let now = clock.now()
        let standing = engine.ledger.open.filter { $0.state == .active || $0.state == .undoing }
        let (over, inForce) = standing.partitioned { $0.state == .undoing || ($0.expiresAt.map { $0 <= now } ?? false) }
        decisions.restore(inForce)
        // Where they cannot be told now they are told again until they listen; the decisions are in force here all the same.
        try await reconcileEnforcers()
        for effect in over where effect.endsByItself { _ = try await undoer.expire(effect.id) }
    }
}

extension Array {
    /// Those for which `belongs` holds, and the rest.
    func partitioned(_ belongs: (Element) -> Bool) -> (matching: [Element], rest: [Element]) {
        (filter(belongs), filter { !belongs($0) })
    }
}
