extension [any ResponseAction] {
    /// The actions that come with Riposte.
    ///
    /// - Parameters:
    ///   - accounts: where accounts live, beside Riposte's own state.
    ///   - sessions: where sessions live.
    ///   - mailer: writes to users; without one `notify_user` fails and `force_password_reset` writes to nobody.
    ///   - tokens: makes the links of `notify_user`.
    ///   - isObeyed: whether something asks Riposte about each request, as the middlewares do. Where nothing does, results say so.
    public static func shipped(
        decisions: any DecisionLedger, store: any IncidentStore, outbox: OutboxService, log: any EventLog,
        accounts: [any AccountDirectory] = [], sessions: [any SessionDirectory] = [], mailer: (any Mailer)? = nil,
        tokens: UnlockTokens? = nil, isObeyed: Bool = false
    ) -> [any ResponseAction] {
        let accounts = AccountDirectories(accounts, decisions: decisions, isObeyed: isObeyed)
        let sessions = SessionDirectories(sessions, decisions: decisions, isObeyed: isObeyed)
        return [
            BlockIP(decisions: decisions), BlockUser(accounts: accounts, store: store), EnableEnhancedLogging(decisions: decisions),
            ForcePasswordReset(accounts: accounts, mailer: mailer, store: store), LockAccount(accounts: accounts, store: store),
            LogEvent(log: log),
            NotifyAdmin(outbox: outbox), NotifyUser(mailer: mailer, tokens: tokens, store: store),
            RateLimitIP(decisions: decisions, isObeyed: isObeyed),
            RequireTwoFactor(accounts: accounts), RequireTwoFactor(.require2FA, accounts: accounts),
            RevokeSessions(sessions: sessions), SetContext(), TerminateSession(sessions: sessions), Wait(),
        ]
    }
}
