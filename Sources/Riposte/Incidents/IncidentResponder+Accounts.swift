extension IncidentResponder {
    /// A user has done what was required of them: set a new password, passed a second factor. What required it ends, in every
    /// incident and directory.
    ///
    /// - Returns: each effect as it is afterwards; none where nothing was required.
    @discardableResult
    public func fulfilled(_ restriction: AccountRestriction, by user: String) async throws -> [Effect] {
        try await end([restriction.kind], on: user, in: nil, actor: "user:\(user)", reason: "has done what was required")
    }

    /// A user has followed the link of a “was this you?” mail: the locks and blocks of that incident on that account end.
    ///
    /// A link works once. What the incident puts on the account after that stays, so whoever comes by a used link can do nothing with it.
    ///
    /// - Returns: what was lifted; none where the link has been used already or everything was over.
    @discardableResult
    public func unlock(with token: String, from tokens: UnlockTokens) async throws -> [Effect] {
        let (user, incident) = try tokens.open(token, at: clock.now())
        return try await unlock(user, in: incident)
    }

    /// The same for a link that has been read already.
    func unlock(_ user: String, in incident: IncidentID) async throws -> [Effect] {
        try await recoverOnce()
        let actor = "user:\(user) by mailed link"
        let effects = try await store.effects(EffectQuery(incident: incident, target: .user(user)))
        guard !effects.contains(where: { $0.undoneBy == actor }) else { return [] }
        return try await end([.accountLock, .accountBlock], on: user, in: incident, actor: actor, reason: "it was them")
    }

    private func end(
        _ kinds: Set<EffectKind>, on user: String, in incident: IncidentID?, actor: String, reason: String
    ) async throws -> [Effect] {
        try await recoverOnce()
        let effects = engine.ledger.open(on: .user(user)).filter { effect in
            kinds.contains(effect.kind) && (incident.map { $0 == effect.incidentID } ?? true)
        }
        return try await undoer.undo(effects.map(\.id), actor: actor, reason: reason)
    }
}
