extension IncidentResponder {
    /// Takes back everything an incident still has in force.
    ///
    /// - Returns: each effect as it is afterwards; one that could not be taken back yet is `undoing` and tried again.
    @discardableResult
    public func undo(_ id: IncidentID, actor: String, reason: String = "") async throws -> [Effect] {
        try await undo(.incident(id), actor: actor, reason: reason).affected
    }

    /// Takes back what `scope` means, all of it side by side: one back end that is down holds up no other. Doing it twice
    /// changes nothing.
    ///
    /// - Returns: what became of each effect; one that could not be taken back yet is tried again until it works.
    @discardableResult
    public func undo(_ scope: UndoScope, actor: String, reason: String = "") async throws -> UndoReport {
        try await recoverOnce()
        let open = Set(try await scope.effects(in: store).map(\.id)).intersection(engine.ledger.open.map(\.id))
        _ = try await undoer.undo(open.sorted(), actor: actor, reason: reason)
        return try await .facts(scope, affected: open, from: store, actions: actions, now: clock.now())
    }

    /// What ``undo(_:actor:reason:)-(UndoScope,_,_)`` would do. Touches nothing.
    public func previewUndo(_ scope: UndoScope) async throws -> UndoReport {
        try await .preview(scope, from: store, actions: actions, now: clock.now())
    }

    /// Ends every decision on exactly this target, whoever wanted it.
    @discardableResult
    public func removeDecisions(on target: Target, actor: String, reason: String = "") async throws -> [Effect] {
        try await recoverOnce()
        let decisions = engine.ledger.open(on: target).filter(\.kind.isDecision)
        return try await undoer.undo(decisions.map(\.id), actor: actor, reason: reason)
    }

    /// Ends what was put on an account because its user has done what was asked, or has proved who he is: set a new password,
    /// passed a second factor, followed a mailed link. Doing it where nothing is in force changes nothing.
    @discardableResult
    public func lift(
        _ restrictions: Set<AccountRestriction>, of user: String, actor: String, reason: String = ""
    ) async throws -> [Effect] {
        try await recoverOnce()
        let kinds = Set(restrictions.map(\.kind))
        let effects = engine.ledger.open(on: .user(user)).filter { kinds.contains($0.kind) }
        return effects.isEmpty ? [] : try await undoer.undo(effects.map(\.id), actor: actor, reason: reason)
    }
}
