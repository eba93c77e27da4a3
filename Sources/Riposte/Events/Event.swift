/// Something that happened outside: a login failed, a request was refused. Immutable once made, with its own time.
///
/// What every detector reads lies in the value itself; what few need is behind ``details``, so that an event stays
/// small enough to pass millions of them a second. Field names follow OCSF Authentication (class 3002) where it has one.
public struct Event: Sendable, Hashable {
    /// When it happened, by the source's own clock.
    public var time: Timestamp
    /// The order among events of equal time: rises by one with each event a source yields.
    public var sequence: UInt64
    public var kind: Kind
    public var outcome: Outcome
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
        case login, mfa, logout, passwordReset, sessionStarted, sessionEnded, accountChange, roleChange, httpRequest, alert, other

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

    public enum Outcome: UInt8, Sendable, Hashable, CaseIterable {
        case unknown, success, failure
    }

    /// Why it failed. Locked, disabled and expired never count towards a user: a lock must not feed itself.
    public enum Reason: UInt8, Sendable, Hashable, CaseIterable {
        case none, unknownUser, badCredentials, locked, disabled, expired, mfaDenied

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

    public enum Method: UInt8, Sendable, Hashable, CaseIterable {
        case unknown, password, publicKey, keyboardInteractive, token, other
    }
}

/// Which configured source an event came from: a file's path, `journal:ssh.service`, `stdin`, `library`.
public struct SourceName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
