/// What kind of change: `ban`, `throttle`, `account.lock`.
public struct EffectKind: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nothing from the address or network is let through.
    public static let ban: EffectKind = "ban"
    /// A few requests of the address get through, as ``EffectTerms/rate`` says.
    public static let throttle: EffectKind = "throttle"
    /// Nobody signs in to the account.
    public static let accountLock: EffectKind = "account.lock"
    /// Nobody signs in to the account, and its sessions are answered nothing.
    public static let accountBlock: EffectKind = "account.block"
    /// A new password has to be set before anything else.
    public static let passwordReset: EffectKind = "account.password_reset"
    /// A second factor has to be passed before anything else.
    public static let secondFactor: EffectKind = "account.second_factor"
    /// Every session and token of the user that began before the effect is void.
    public static let sessionsRevoked: EffectKind = "sessions.revoked"
    /// One session is void.
    public static let sessionTerminated: EffectKind = "session.terminated"
    /// What the user or address does is logged at ``EffectTerms/level``.
    public static let enhancedLogging: EffectKind = "logging.enhanced"

    /// The kinds that enforcement points obey.
    static let decisions: [EffectKind] = [
        .ban, .throttle, .accountBlock, .accountLock, .passwordReset, .secondFactor, .sessionsRevoked, .sessionTerminated, .enhancedLogging,
    ]

    /// Whether enforcement points obey it, as a ``Decision``.
    public var isDecision: Bool { Self.decisions.contains(self) }

    /// Whether the user can do what it asks for: found gone from a directory, it is done and not drifted.
    var isForTheUser: Bool { self == .passwordReset || self == .secondFactor }

    /// Whether who is under it may not get in any more; of a kind that is not known here that is assumed.
    var shutsOut: Bool {
        ![.throttle, .secondFactor, .sessionsRevoked, .sessionTerminated, .enhancedLogging].contains(self)
    }

    /// Whether it holds from the moment on at which it was made, so that making it again is another thing: what came between the
    /// two times is not covered by the first.
    public var isMomentary: Bool { self == .sessionsRevoked }

    /// Whether nobody can take it back: sessions that were ended stay ended.
    package var isFinal: Bool { self == .sessionsRevoked || self == .sessionTerminated }
}

/// What an enforcement point has to know of a change beyond its target.
public struct EffectTerms: Sendable, Hashable, Codable {
    /// How much a throttled address may do.
    public var rate: RateLimit?
    /// The level at which requests are logged.
    public var level: String?

    /// Creates terms; what is left out is not said.
    public init(rate: RateLimit? = nil, level: String? = nil) {
        self.rate = rate
        self.level = level
    }
}

/// So many requests in so long.
public struct RateLimit: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// How many get through at once.
    public var limit: Int
    /// After how many seconds that many get through again.
    public var windowSeconds: Int

    /// - Precondition: both are positive.
    public init(_ limit: Int, per windowSeconds: Int) {
        self.limit = limit
        self.windowSeconds = windowSeconds
    }

    /// What a throttle is where nobody says more.
    public static let standard = RateLimit(10, per: 60)

    /// A stricter one is less: fewer a second, then fewer at once.
    public static func < (a: RateLimit, b: RateLimit) -> Bool {
        let (left, right) = (Double(a.limit) * Double(b.windowSeconds), Double(b.limit) * Double(a.windowSeconds))
        return left == right ? a.limit < b.limit : left < right
    }

    public var description: String { "\(limit) per \(DurationText.format(.seconds(windowSeconds)))" }
}
