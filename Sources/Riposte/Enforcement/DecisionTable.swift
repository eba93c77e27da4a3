internal import HashTreeCollections

/// What is in force, laid out for being asked and for being changed. Copies share what they have in common.
struct DecisionTable: Sendable {
    private(set) var decisions = TreeDictionary<DecisionKey, Decision>()
    private(set) var addresses = AddressTable()
    private(set) var users = TreeDictionary<String, AccountHold>()
    /// The sessions that were ended by themselves, and until when each of them counts.
    private(set) var sessions = TreeDictionary<String, Timestamp>()
    /// The addresses whose requests are logged in more detail.
    private(set) var logged = TreeDictionary<AddressRange, Decision>()
    private(set) var loggedUsers = 0
    /// Whether it is worth while to look among the users and sessions.
    private(set) var names = NameFilter()
    /// Rises with every change.
    private(set) var version: UInt64 = 0

    /// Makes this the decision of `key`; the answer is what it was before.
    @discardableResult
    mutating func set(_ decision: Decision?, key: DecisionKey) -> Decision? {
        let before = decision.map { decisions.updateValue($0, forKey: key) } ?? decisions.removeValue(forKey: key)
        guard before != decision else { return before }
        version += 1
        let end = decision.map { $0.until ?? .distantFuture }
        if decision != nil { note(key.target) }
        switch key.target {
        case .user(let user): set(decision, of: user, key.type)
        case .session(let session) where key.type == .sessionTerminated: sessions[session] = end
        case .address(let range) where key.type == .enhancedLogging: logged[range] = decision
        case .address(let range) where key.type == .ban: addresses.set(range, banUntil: end)
        case .address(let range) where key.type == .throttle: addresses.set(range, throttleUntil: end)
        case .session, .address: break
        }
        return before
    }

    private mutating func note(_ target: Target) {
        switch target {
        case .user(let name), .session(let name):
            if users.isEmpty, sessions.isEmpty { names = NameFilter() }
            names.add(name)
        case .address: break
        }
    }

    private mutating func set(_ decision: Decision?, of user: String, _ type: EffectKind) {
        var hold = users[user] ?? AccountHold()
        let wasLogged = hold.logging != nil
        hold.set(type, decision)
        loggedUsers += (hold.logging != nil ? 1 : 0) - (wasLogged ? 1 : 0)
        users[user] = hold.isEmpty ? nil : hold
    }
}
