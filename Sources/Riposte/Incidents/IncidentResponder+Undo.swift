internal import Synchronization

extension IncidentResponder {
    /// Takes back everything an incident still has in force.
    ///
    /// - Returns: each effect as it is afterwards; one that could not be taken back yet is `undoing` and tried again.
    @discardableResult
    public func undo(_ id: IncidentID, actor: String, reason: String = "") async throws -> [Effect] {
        try await undo(.incident(id), actor: actor, reason: reason).affected
    }

    /// Takes back what `scope` means, all of it side by side: one back end that is down holds up no other. Runs that it means
    /// as a whole do nothing more, and nobody is asked about them any more. Doing it twice changes nothing.
    ///
    /// - Returns: what became of each effect; one that could not be taken back yet is tried again until it works.
    @discardableResult
    public func undo(_ scope: UndoScope, actor: String, reason: String = "") async throws -> UndoReport {
        try await recoverOnce()
        let undone = Undone(by: actor, reason: reason, at: clock.now())
        let stopped = try await scope.unfinishedRuns(in: store)
        for run in stopped { try await stop(run, undone) }
        let open = Set(try await scope.effects(in: store).map(\.id)).intersection(engine.ledger.open.map(\.id))
        _ = try await undoer.undo(open.sorted(), actor: actor, reason: reason)
        return try await .facts(scope, affected: open, stopped: stopped, from: store, actions: actions, now: clock.now())
    }

    /// What ``undo(_:actor:reason:)-(UndoScope,_,_)`` would do. Touches nothing.
    public func previewUndo(_ scope: UndoScope) async throws -> UndoReport {
        try await .preview(scope, from: store, actions: actions, now: clock.now())
    }

    /// Has a run do nothing more; not even the step that is being carried out leaves anything behind.
    private func stop(_ run: PlaybookRun, _ undone: Undone) async throws {
        let undone = engine.undone.add(run.id, run.undone ?? undone)
        try await engine.commit(WriteBatch([.undoRun(run.id, undone)]))
        guard let stored = try await store.run(run.id), !stored.status.isFinal else { return engine.undone.remove(run.id) }
        try await withdraw(run.id, undone)
        state.withLock { state in state.parked.removeAll { $0.run == run.id } }
        queue.add(stored, isResumed: true)
    }

    /// Ends every decision on exactly this target, whoever wanted it.
    @discardableResult
    public func removeDecisions(on target: Target, actor: String, reason: String = "") async throws -> [Effect] {
        try await recoverOnce()
        let decisions = engine.ledger.open(on: target).filter(\.kind.isDecision)
        return try await undoer.undo(decisions.map(\.id), actor: actor, reason: reason)
    }
}
