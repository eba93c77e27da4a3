internal import Riposte

/// What is decided of an account or its session that keeps a request from going on.
enum AccountDemand: Sendable, Hashable {
    case blocked
    case locked
    case sessionEnded
    case sessionsRevoked
    case passwordReset
    case secondFactor

    /// Whether nobody is signed in any more.
    var endsSession: Bool { self == .locked || self == .sessionEnded || self == .sessionsRevoked }

    /// Where the decision is found.
    func key(_ account: SignedIn) -> DecisionKey {
        switch self {
        case .blocked: DecisionKey(target: .user(account.user), type: .accountBlock)
        case .locked: DecisionKey(target: .user(account.user), type: .accountLock)
        case .sessionEnded: DecisionKey(target: .session(account.session ?? ""), type: .sessionTerminated)
        case .sessionsRevoked: DecisionKey(target: .user(account.user), type: .sessionsRevoked)
        case .passwordReset: DecisionKey(target: .user(account.user), type: .passwordReset)
        case .secondFactor: DecisionKey(target: .user(account.user), type: .secondFactor)
        }
    }
}

extension DecisionSnapshot {
    /// How a session stands. The hardest demand counts; what ends it comes before what is asked in it.
    func standing(of account: SignedIn, at now: Timestamp, _ locked: LockedSessions) -> (demand: AccountDemand?, logLevel: String?) {
        guard !isEmpty else { return (nil, nil) }
        let verdict = verdict(for: account.user, at: now)
        return (demand(account, verdict, now, locked), verdict.logLevel)
    }

    private func demand(_ account: SignedIn, _ verdict: AccountVerdict, _ now: Timestamp, _ locked: LockedSessions) -> AccountDemand? {
        if verdict.blockedUntil != nil { return .blocked }
        if verdict.lockedUntil != nil, locked == .areNobodys { return .locked }
        if let session = account.session, hasEnded(session: session, at: now) { return .sessionEnded }
        if let notBefore = verdict.sessionsNotBefore, account.since <= notBefore { return .sessionsRevoked }
        if verdict.mustResetPassword { return .passwordReset }
        return verdict.mustUseSecondFactor && !account.hasSecondFactor ? .secondFactor : nil
    }
}
