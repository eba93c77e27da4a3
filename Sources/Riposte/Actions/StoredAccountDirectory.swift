/// Riposte's own account state, in its store: the directory of the stand-alone binary.
public struct StoredAccountDirectory: AccountDirectory {
    private let store: any IncidentStore
    private let clock: any WallClock
    /// Reading and writing one account's state is two steps, so one at a time.
    private let gate = KeyedGate<String>()

    public init(store: any IncidentStore, clock: any WallClock = SystemClock()) {
        self.store = store
        self.clock = clock
    }

    public var caveat: String? { "recorded in Riposte's own account state, which nothing enforces yet" }

    public func lock(_ user: String, until end: Timestamp?, owner: EffectID) async throws -> AccountChange {
        try await change(user) { account in
            guard let place = account.locks.firstIndex(where: { $0.owner == owner }) else {
                account.locks.append(AccountState.Lock(owner: owner, until: end))
                return
            }
            guard let held = account.locks[place].until else { return }
            account.locks[place].until = end.map { max($0, held) }
        }
    }

    public func unlock(_ user: String, owner: EffectID) async throws -> AccountChange {
        try await change(user) { account in account.locks.removeAll { $0.owner == owner } }
    }

    public func holdsLock(_ user: String, owner: EffectID) async throws -> Probe {
        try await store.account(user)?.locks.contains { $0.owner == owner } == true ? .inForce : .absent
    }

    private func change(_ user: String, _ body: (inout AccountState) -> Void) async throws -> AccountChange {
        try await gate.withLock(user) {
            let before = try await store.account(user) ?? AccountState(user: user)
            var after = before
            body(&after)
            guard after != before else { return .alreadySo }
            try await store.commit(WriteBatch([.putAccount(after)]))
            return .changed
        }
    }
}
