/// What an action is called in playbooks.
public struct ActionName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// ``BlockIP``: bans an address or network.
    public static let blockIP: ActionName = "block_ip"
    /// ``LockAccount``: nobody signs in for a while; sessions go on.
    public static let lockAccount: ActionName = "lock_account"
    /// ``LogEvent``: an audit line.
    public static let logEvent: ActionName = "log_event"
    /// ``NotifyAdmin``: a message to people, through channels.
    public static let notifyAdmin: ActionName = "notify_admin"
    /// The action that sends a signed request, of RiposteChannels. An instance with a name of its own is called by that.
    public static let webhook: ActionName = "webhook"
    /// ``BlockUser``: nobody signs in, and no session is answered.
    public static let blockUser: ActionName = "block_user"
    /// ``RateLimitIP``: a few requests get through, the rest does not.
    public static let rateLimitIP: ActionName = "rate_limit_ip"
    /// ``EnableEnhancedLogging``: logs more of a user or an address.
    public static let enableEnhancedLogging: ActionName = "enable_enhanced_logging"
    /// ``ForcePasswordReset``: the password stops working until a new one is set.
    public static let forcePasswordReset: ActionName = "force_password_reset"
    /// ``RequireTwoFactor``: a second factor is asked for.
    public static let requireTwoFactor: ActionName = "require_two_factor"
    /// The same action under its short name.
    public static let require2FA: ActionName = "require_2fa"
    /// ``RevokeSessions``: every session of a user from before ends.
    public static let revokeSessions: ActionName = "revoke_sessions"
    /// ``TerminateSession``: one session ends.
    public static let terminateSession: ActionName = "terminate_session"
    /// ``NotifyUser``: asks the user “was this you?”.
    public static let notifyUser: ActionName = "notify_user"
    /// ``SetContext``: writes values for later steps.
    public static let setContext: ActionName = "set_context"
    /// ``Wait``: lets time pass, over a restart too.
    public static let wait: ActionName = "wait"

    /// The names of the actions that come with Riposte.
    public static let shipped: [ActionName] = [
        .blockIP, .blockUser, .enableEnhancedLogging, .forcePasswordReset, .lockAccount, .logEvent, .notifyAdmin, .notifyUser,
        .rateLimitIP, .require2FA, .requireTwoFactor, .revokeSessions, .setContext, .terminateSession, .wait, .webhook,
    ]
}
