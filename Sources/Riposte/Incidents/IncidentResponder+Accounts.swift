extension IncidentResponder {
    /// A user has done what was required of them: set a new password, passed a second factor. What required it ends, in every
    /// incident and directory.
    ///
    /// - Returns: each effect as it is afterwards; none where nothing was required.
    @discardableResult
    public func fulfilled(_ restriction: AccountRestriction, by user: String) async throws -> [Effect] {
        try await end([restriction.kind], on: user, in: nil, reason: "has done what was required")
    }

    /// A user has followed the link of a “was this you?” mail: the locks and blocks of that incident on that account end.
    ///
    /// - Returns: what was lifted; none where the link has been used already or everything was over.
    @discardableResult
    public func unlock(with token: String, from tokens: UnlockTokens) async throws -> [Effect] {
        let (user, incident) = try tokens.open(token, at: clock.now())
        return try await unlock(user, in: incident)
    }

    /// The same for a link that has been read already.
    func unlock(_ user: String, in incident: IncidentID) async throws -> [Effect] {
        try await end([.accountLock, .accountBlock], on: user, in: incident, reason: "followed the link of the mail")
    }

    private func end(_ kinds: Set<EffectKind>, on user: String, in incident: IncidentID?, reason: String) async throws -> [Effect] {
        try await recoverOnce()
        let effects = engine.ledger.open(on: .user(user)).filter { effect in
            kinds.contains(effect.kind) && (incident.map { $0 == effect.incidentID } ?? true)
        }
        return try await undoer.undo(effects.map(\.id), actor: "user:\(user)", reason: reason)
    }
}
