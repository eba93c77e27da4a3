/// What is decided of one user, as enforcement points ask for it: until when each restriction holds.
struct AccountHold: Sendable, Hashable {
    var lock: Timestamp?
    var block: Timestamp?
    var passwordReset: Timestamp?
    var secondFactor: Timestamp?
    var logging: Timestamp?
    var level: String?
    /// Sessions that began at or before this time are void …
    var notBefore: Timestamp?
    /// … until here, when none of them can be alone any more.
    var notBeforeEnd: Timestamp?

    var isEmpty: Bool { self == AccountHold() }

    mutating func set(_ type: EffectKind, _ decision: Decision?) {
        let end = decision.map { $0.until ?? .distantFuture }
        switch type {
        case .accountLock: lock = end
        case .accountBlock: block = end
        case .passwordReset: passwordReset = end
        case .secondFactor: secondFactor = end
        case .enhancedLogging: (logging, level) = (end, decision?.terms?.level)
        case .sessionsRevoked: (notBefore, notBeforeEnd) = (decision?.since, end)
        default: break
        }
    }
}

/// How a user stands at one moment.
public struct AccountVerdict: Sendable, Hashable {
    /// Until when nobody signs in; `nil` = the account is not locked.
    public var lockedUntil: Timestamp?
    /// Until when nothing is answered; `nil` = the account is not blocked.
    public var blockedUntil: Timestamp?
    /// Whether a new password has to be set before anything else.
    public var mustResetPassword: Bool
    /// Whether a second factor has to be passed before anything else.
    public var mustUseSecondFactor: Bool
    /// Sessions and tokens that began at or before this are void; `nil` = none is.
    public var sessionsNotBefore: Timestamp?
    /// At which level the user's requests are logged; `nil` = as always.
    public var logLevel: String?

    /// Of whom nothing is decided.
    public static let free = AccountVerdict()

    /// Why nobody signs in now, whatever the password; `nil` = whoever has the right one does. Report a sign-in that is refused for it
    /// with this reason (``ReportedEvent/loginFailed(user:ip:session:reason:)``): then a lock is not fed by what it causes.
    public var signInRefusal: Event.Reason? {
        if blockedUntil != nil { return .disabled }
        if lockedUntil != nil { return .locked }
        return mustResetPassword ? .expired : nil
    }

    init(_ hold: AccountHold = AccountHold(), at time: Timestamp = .distantPast) {
        func holds(_ end: Timestamp?) -> Bool { end.map { $0 > time } ?? false }
        lockedUntil = holds(hold.lock) ? hold.lock : nil
        blockedUntil = holds(hold.block) ? hold.block : nil
        mustResetPassword = holds(hold.passwordReset)
        mustUseSecondFactor = holds(hold.secondFactor)
        sessionsNotBefore = holds(hold.notBeforeEnd) ? hold.notBefore : nil
        logLevel = holds(hold.logging) ? hold.level : nil
    }
}
