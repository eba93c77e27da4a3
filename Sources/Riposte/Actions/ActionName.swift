/// What an action is called in playbooks.
public struct ActionName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let blockIP: ActionName = "block_ip"
    public static let lockAccount: ActionName = "lock_account"
    public static let logEvent: ActionName = "log_event"
    public static let notifyAdmin: ActionName = "notify_admin"
    public static let webhook: ActionName = "webhook"
    public static let blockUser: ActionName = "block_user"
    public static let rateLimitIP: ActionName = "rate_limit_ip"
    public static let enableEnhancedLogging: ActionName = "enable_enhanced_logging"
    public static let forcePasswordReset: ActionName = "force_password_reset"
    public static let requireTwoFactor: ActionName = "require_two_factor"
    /// The same action under its short name.
    public static let require2FA: ActionName = "require_2fa"
    public static let revokeSessions: ActionName = "revoke_sessions"
    public static let terminateSession: ActionName = "terminate_session"
    public static let notifyUser: ActionName = "notify_user"
    public static let setContext: ActionName = "set_context"
    public static let wait: ActionName = "wait"

    /// The names of the actions that come with Riposte.
    public static let shipped: [ActionName] = [
        .blockIP, .blockUser, .enableEnhancedLogging, .forcePasswordReset, .lockAccount, .logEvent, .notifyAdmin, .notifyUser,
        .rateLimitIP, .require2FA, .requireTwoFactor, .revokeSessions, .setContext, .terminateSession, .wait, .webhook,
    ]
}
