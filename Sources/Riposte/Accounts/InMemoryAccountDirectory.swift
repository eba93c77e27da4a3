internal import Synchronization

/// Accounts in memory: for examples, tests, and hosts that keep theirs in memory.
public final class InMemoryAccountDirectory: AccountDirectory {
    private struct State {
        var accounts: Set<String>?
        var held: [String: [AccountRestriction: Timestamp?]] = [:]
    }

    public let name: DirectoryName
    public let restrictions: Set<AccountRestriction>
    private let state: Mutex<State>

    /// - Parameter accounts: the accounts there are; `nil` = every name is one.
    public init(
        _ name: DirectoryName = "memory", accounts: Set<String>? = nil,
        restrictions: Set<AccountRestriction> = Set(AccountRestriction.allCases)
    ) {
        self.name = name
        self.restrictions = restrictions
        state = Mutex(State(accounts: accounts))
    }

    public func standing(of user: String, _ restriction: AccountRestriction) -> AccountStanding {
        state.withLock { state in
            guard state.accounts?.contains(user) ?? true else { return .noSuchAccount }
            return state.held[user]?[restriction] == nil ? .free : .restricted
        }
    }

    public func restrict(_ order: AccountOrder) -> AccountChange {
        state.withLock { state in
            guard state.accounts?.contains(order.user) ?? true else { return .cannot("there is no account \(order.user)", .permanent) }
            guard state.held[order.user]?[order.restriction] != .some(order.until) else { return .alreadySo }
            state.held[order.user, default: [:]][order.restriction] = .some(order.until)
            return .changed
        }
    }

    public func lift(_ order: AccountOrder) -> AccountChange {
        state.withLock { state in
            guard state.held[order.user]?.removeValue(forKey: order.restriction) != nil else { return .alreadySo }
            if state.held[order.user]?.isEmpty == true { state.held[order.user] = nil }
            return .changed
        }
    }

    /// What holds on `user`, and until when; `nil` in a value = until it is lifted.
    public func restrictions(on user: String) -> [AccountRestriction: Timestamp?] { state.withLock { $0.held[user] ?? [:] } }
}
