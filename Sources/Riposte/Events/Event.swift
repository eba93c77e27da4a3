/// Something that happened outside: a login failed, a request was refused. Immutable once made, with its own time.
///
/// What every detector reads lies in the value itself; what few need is behind ``details``, so that an event stays
/// small enough to pass millions of them a second. Field names follow OCSF Authentication (class 3002) where it has one.
public struct Event: Sendable, Hashable {
    /// When it happened, by the source's own clock.
    public var time: Timestamp
    /// The order among events of equal time: rises by one with each event a source yields.
    public var sequence: UInt64
    /// What happened.
    public var kind: Kind
    /// How it went. Only failed and successful sign-ins are counted; unknown ones are not.
    public var outcome: Outcome
    /// Why it failed, where the source says; ``Reason/none`` for what succeeded.
    public var reason: Reason
    /// How the subject proved who it is; `success_after_failures` looks at passwords only.
    public var method: Method
    /// The address it came from, where there is one.
    public var address: IPAddress?
    /// The port at ``address``; 0 = unknown.
    public var port: UInt16
    /// The account's name as the source wrote it; what a stranger typed, so data and nothing else.
    public var user: String?
    /// How many times it happened: more than one for "message repeated N times". At least 1.
    public var count: UInt32
    /// Which configured source it came from.
    public var source: SourceName
    /// The rarely present rest.
    public var details: EventDetails?

    /// Creates an event; a count of 0 becomes 1. A server that embeds Riposte hands ``ReportedEvent`` to its ``EventReporter``
    /// instead.
    public init(
        time: Timestamp, sequence: UInt64 = 0, kind: Kind, outcome: Outcome, reason: Reason = .none, method: Method = .unknown,
        address: IPAddress? = nil, port: UInt16 = 0, user: String? = nil, count: UInt32 = 1, source: SourceName = "library",
        details: EventDetails? = nil
    ) {
        self.time = time
        self.sequence = sequence
        self.kind = kind
        self.outcome = outcome
        self.reason = reason
        self.method = method
        self.address = address
        self.port = port
        self.user = user
        self.count = max(count, 1)
        self.source = source
        self.details = details
    }

    /// The longest name, in bytes, that can be an account's: longer than any mail address. A longer one is a stranger's text;
    /// the detectors take it for an account that does not exist.
    public static let longestName = 256

    /// What happened. A small number rather than a string, because detectors ask for every event; the names in
    /// ``name`` are what formats and playbooks use.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// Somebody tried to sign in. What the shipped detectors read.
        case login
        /// A second factor was asked for and given, or not.
        case mfa
        /// Somebody signed out.
        case logout
        /// A password was set anew.
        case passwordReset
        /// A session began.
        case sessionStarted
        /// A session ended.
        case sessionEnded
        /// Something of an account was changed, such as its mail address.
        case accountChange
        /// An account was given or lost a right.
        case roleChange
        /// A request to a web server that was no sign-in.
        case httpRequest
        /// Another system says that it has found something.
        case alert
        /// Anything else.
        case other

        /// As formats and playbooks spell it: `auth.login`.
        public var name: String {
            switch self {
            case .login: "auth.login"
            case .mfa: "auth.mfa"
            case .logout: "auth.logout"
            case .passwordReset: "auth.password_reset"
            case .sessionStarted: "session.started"
            case .sessionEnded: "session.ended"
            case .accountChange: "account.change"
            case .roleChange: "role.change"
            case .httpRequest: "http.request"
            case .alert: "alert.external"
            case .other: "other"
            }
        }
    }

    /// How something went.
    public enum Outcome: UInt8, Sendable, Hashable, CaseIterable {
        /// The source does not tell.
        case unknown
        /// It was done or let through.
        case success
        /// It was refused.
        case failure
    }

    /// Why it failed. Locked, disabled and expired never count towards a user: a lock must not feed itself.
    public enum Reason: UInt8, Sendable, Hashable, CaseIterable {
        /// None told, or it succeeded.
        case none
        /// There is no such account: what was typed may be a password, and is kept as a hash only.
        case unknownUser
        /// The account is there and the password was wrong.
        case badCredentials
        /// The account was locked. Such attempts lock nobody: a lock would feed itself.
        case locked
        /// The account was switched off. Such attempts lock nobody.
        case disabled
        /// The account or its password had run out. Such attempts lock nobody.
        case expired
        /// The second factor was wrong, or was not given.
        case mfaDenied

        /// As formats and records spell it: `bad_credentials`.
        public var name: String {
            switch self {
            case .none: "none"
            case .unknownUser: "unknown_user"
            case .badCredentials: "bad_credentials"
            case .locked: "locked"
            case .disabled: "disabled"
            case .expired: "expired"
            case .mfaDenied: "mfa_denied"
            }
        }
    }

    /// How somebody proved who they are.
    public enum Method: UInt8, Sendable, Hashable, CaseIterable {
        /// The source does not tell.
        case unknown
        /// By a password.
        case password
        /// By a key, as SSH has it.
        case publicKey
        /// By answers to what the server asked, as SSH has it; often a password.
        case keyboardInteractive
        /// By a token or a one-time code.
        case token
        /// In some other way.
        case other
    }
}

/// Which configured source an event came from: a file's path, `journal:ssh.service`, `stdin`, `library`.
public struct SourceName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
