/// What a back end of accounts can be told or asked, as the settings call it.
package enum AccountVerb: String, Sendable, Hashable, CaseIterable {
    case lock, unlock
    case isLocked = "is_locked"
    case block, unblock
    case isBlocked = "is_blocked"
    case forceReset = "force_reset"
    case clearReset = "clear_reset"
    case needsReset = "needs_reset"
    case requireSecondFactor = "require_second_factor"
    case clearSecondFactor = "clear_second_factor"
    case needsSecondFactor = "needs_second_factor"
    case revokeSessions = "revoke_sessions"
    case terminateSession = "terminate_session"
    case mailAddress = "mail_address"

    package enum Job: Sendable, Hashable {
        case restrict(AccountRestriction)
        case lift(AccountRestriction)
        case look(AccountRestriction)
        case revoke
        case terminate
        case mailAddress
    }

    package var job: Job {
        switch self {
        case .lock: .restrict(.lock)
        case .unlock: .lift(.lock)
        case .isLocked: .look(.lock)
        case .block: .restrict(.block)
        case .unblock: .lift(.block)
        case .isBlocked: .look(.block)
        case .forceReset: .restrict(.passwordReset)
        case .clearReset: .lift(.passwordReset)
        case .needsReset: .look(.passwordReset)
        case .requireSecondFactor: .restrict(.secondFactor)
        case .clearSecondFactor: .lift(.secondFactor)
        case .needsSecondFactor: .look(.secondFactor)
        case .revokeSessions: .revoke
        case .terminateSession: .terminate
        case .mailAddress: .mailAddress
        }
    }

    package static func of(_ job: Job) -> AccountVerb? { allCases.first { $0.job == job } }

    /// The values that come with it.
    package var values: [String] {
        switch job {
        case .restrict: ["user", "until", "incident", "effect"]
        case .lift: ["user", "incident", "effect"]
        case .look, .mailAddress: ["user"]
        case .revoke: ["user", "before", "key"]
        case .terminate: ["session", "user", "key"]
        }
    }

    /// Whom it is about: without it, it would be about everybody.
    package var subject: String { job == .terminate ? "session" : "user" }
}

extension AccountRestriction {
    /// What the settings call it: `lock`, `block`, `password_reset`, `second_factor`.
    package var word: String {
        switch self {
        case .lock: "lock"
        case .block: "block"
        case .passwordReset: "password_reset"
        case .secondFactor: "second_factor"
        }
    }
}
