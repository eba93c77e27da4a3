/// What a server tells of one of its requests, in its own words. Time and order are added by ``EventReporter``.
///
/// `user` is the account's id, or what was typed where there is no such account; `ip` the client's address, out of a chain of
/// trusted proxies and never out of a header that anybody can send.
public struct ReportedEvent: Sendable, Hashable {
    /// What happened.
    public var kind: Event.Kind
    /// How it went.
    public var outcome: Event.Outcome
    /// Why it failed; ``Event/Reason/none`` for what succeeded.
    public var reason: Event.Reason
    /// How somebody proved who they are.
    public var method: Event.Method
    /// The account's id, or what was typed where there is no such account; `nil` = nobody was named.
    public var user: String?
    /// The client's address; `nil` = not known, and then nobody can be blocked for it.
    public var address: IPAddress?
    /// What else is known, such as the session; `nil` = nothing.
    public var details: EventDetails?

    /// Creates an event of any kind. For what happens at a sign-in there are functions of this type.
    public init(
        _ kind: Event.Kind, _ outcome: Event.Outcome, reason: Event.Reason = .none, method: Event.Method = .unknown, user: String? = nil,
        ip address: IPAddress? = nil, details: EventDetails? = nil
    ) {
        self.kind = kind
        self.outcome = outcome
        self.reason = reason
        self.method = method
        self.user = user
        self.address = address
        self.details = details
    }

    /// Somebody did not get in.
    ///
    /// - Parameter reason: `unknownUser` where there is no such account; `locked`, `disabled` and `expired` never count towards
    ///   the account.
    public static func loginFailed(
        user: String?, ip: IPAddress?, session: String? = nil, reason: Event.Reason = .badCredentials
    ) -> ReportedEvent {
        ReportedEvent(.login, .failure, reason: reason, method: .password, user: user, ip: ip, details: details(session))
    }

    /// Somebody has signed in, the second factor included where one was asked for.
    public static func loginSucceeded(user: String, ip: IPAddress?, session: String? = nil) -> ReportedEvent {
        ReportedEvent(.login, .success, method: .password, user: user, ip: ip, details: details(session))
    }

    /// A wrong second factor. It is a sign-in that failed and counts as one: whoever guesses codes has the password.
    public static func secondFactorFailed(user: String, ip: IPAddress?, session: String? = nil) -> ReportedEvent {
        ReportedEvent(.login, .failure, reason: .mfaDenied, method: .token, user: user, ip: ip, details: details(session))
    }

    /// Somebody has signed out.
    public static func loggedOut(user: String, ip: IPAddress?, session: String? = nil) -> ReportedEvent {
        ReportedEvent(.logout, .success, user: user, ip: ip, details: details(session))
    }

    /// A password was set anew, by whoever could read the account's mail.
    public static func passwordReset(user: String, ip: IPAddress?, session: String? = nil) -> ReportedEvent {
        ReportedEvent(.passwordReset, .success, user: user, ip: ip, details: details(session))
    }

    private static func details(_ session: String?) -> EventDetails? { session.map { EventDetails(session: $0) } }
}
