import Riposte

/// The accounts of a shop, in a table of its own that Riposte knows nothing of.
struct ShopAccounts: AccountDirectory {
    let name: DirectoryName = "shop"
    let restrictions: Set<AccountRestriction> = [.lock]
    let table: UserTable

    func standing(of user: String, _ restriction: AccountRestriction) async throws -> AccountStanding {
        guard let row = try await table.row(of: user) else { return .noSuchAccount }
        return row.isLocked ? .restricted : .free
    }

    func restrict(_ order: AccountOrder) async throws -> AccountChange {
        guard let row = try await table.row(of: order.user) else {
            return .cannot("the shop has no account \(order.user)", .permanent)
        }
        let wanted = UserTable.Row(isLocked: true, lockedUntil: order.until)
        guard row != wanted else { return .alreadySo }
        try await table.set(wanted, of: order.user)
        return .changed
    }

    func lift(_ order: AccountOrder) async throws -> AccountChange {
        // An account that is gone is under nothing.
        guard let row = try await table.row(of: order.user), row.isLocked else { return .alreadySo }
        try await table.set(UserTable.Row(), of: order.user)
        return .changed
    }
}

/// The sessions of the shop, which keeps them in memory.
actor ShopSessions: SessionDirectory {
    let name: DirectoryName = "shop"
    private var sessions: [String: (user: String, began: Timestamp)] = [:]

    func begin(_ session: String, of user: String, at time: Timestamp) { sessions[session] = (user, time) }

    func revokeSessions(of user: String, before time: Timestamp, key: String) async throws -> SessionChange {
        let ended = sessions.filter { $0.value.user == user && $0.value.began < time }.keys
        for session in ended { sessions[session] = nil }
        return ended.isEmpty ? .none : .ended(ended.count)
    }

    func terminateSession(_ session: String, of user: String?, key: String) async throws -> SessionChange {
        sessions.removeValue(forKey: session) == nil ? .none : .ended(1)
    }
}

/// Stands for the shop's database.
actor UserTable {
    struct Row: Equatable {
        var isLocked = false
        /// `nil` while it is locked = until it is lifted.
        var lockedUntil: Timestamp?
    }

    private var rows: [String: Row]
    var isDown = false

    init(users: [String]) { rows = Dictionary(uniqueKeysWithValues: users.map { ($0, Row()) }) }

    func setDown(_ isDown: Bool) { self.isDown = isDown }

    func row(of user: String) throws -> Row? {
        if isDown { throw DirectoryFailure(.transient, "the shop's database gives no answer", retryAfter: .seconds(5)) }
        return rows[user]
    }

    func set(_ row: Row, of user: String) throws {
        _ = try self.row(of: user)
        rows[user] = row
    }
}
