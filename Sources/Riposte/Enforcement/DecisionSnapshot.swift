internal import HashTreeCollections

/// What is in force at one moment, as enforcement points ask for it. A value: take it once and ask it as often as you
/// like, without a lock. Copies share what they have in common, so taking one is cheap, however much is in force.
public struct DecisionSnapshot: Sendable {
    private var decisions = TreeDictionary<DecisionKey, Decision>()
    private var addresses = AddressTable()
    private var users = TreeDictionary<String, AccountHold>()
    /// The addresses whose requests are logged in more detail.
    private var logged = TreeDictionary<AddressRange, Decision>()
    private var loggedUsers = 0
    /// Rises with every change.
    public private(set) var version: UInt64 = 0

    /// Creates a snapshot in which nothing is decided.
    public init() {}

    /// Whether nothing is decided of anybody.
    public var isEmpty: Bool { decisions.isEmpty }
    /// How many decisions there are, those included whose time is over and that are not yet cleared away.
    public var count: Int { decisions.count }

    /// Every decision, by target then type.
    public var all: [Decision] { decisions.values.sorted { $0.key < $1.key } }

    /// What to do with a request from `address` at `time`. Cheap enough for each request: O(number of different prefix
    /// lengths), without a lock.
    public func verdict(for address: IPAddress, at time: Timestamp) -> EnforcementVerdict {
        switch addresses.hold(address, at: time).hold {
        case .none: .pass
        case .throttle: .throttle
        case .ban: .ban
        }
    }

    /// The strictest decision in force at `time` that covers `address`: a ban before a throttle, then the narrowest
    /// network. O(number of different prefix lengths), at most 33 or 129.
    public func decision(for address: IPAddress, at time: Timestamp) -> Decision? {
        let (hold, length) = addresses.hold(address, at: time)
        guard hold != .none else { return nil }
        let target = Target.address(AddressRange(address, prefixLength: length))
        return decisions[DecisionKey(target: target, type: hold == .ban ? .ban : .throttle)]
    }

    /// How `user` stands at `time`. One look-up, whatever there is; without a lock.
    public func verdict(for user: String, at time: Timestamp) -> AccountVerdict {
        users[user].map { AccountVerdict($0, at: time) } ?? .free
    }

    /// Whether the session was ended by itself. One look-up; without a lock.
    public func hasEnded(session: String, at time: Timestamp) -> Bool {
        decisions[DecisionKey(target: .session(session), type: .sessionTerminated)]?.isInForce(at: time) ?? false
    }

    /// At which level requests from `address` are logged; `nil` = as always.
    public func logLevel(for address: IPAddress, at time: Timestamp) -> String? {
        logging(of: address, at: time)?.terms?.level
    }

    /// The decision in force at `time` that has requests from `address` logged; `nil` = none.
    func logging(of address: IPAddress, at time: Timestamp) -> Decision? {
        guard !logged.isEmpty else { return nil }
        if let own = logged[AddressRange(address)], own.isInForce(at: time) { return own }
        return logged[AddressRange(attackerAt: address)].flatMap { $0.isInForce(at: time) ? $0 : nil }
    }

    /// Whether anything is logged in more detail.
    var logsAnybody: Bool { !logged.isEmpty || loggedUsers > 0 }

    /// The decisions on exactly this target, by type.
    public func decisions(on target: Target) -> [Decision] {
        EffectKind.decisions.compactMap { decisions[DecisionKey(target: target, type: $0)] }
    }

    /// The decision of exactly this key.
    public subscript(key: DecisionKey) -> Decision? { decisions[key] }

    mutating func set(_ decision: Decision?, key: DecisionKey) {
        guard decisions[key] != decision else { return }
        version += 1
        decisions[key] = decision
        switch key.target {
        case .user(let user): set(decision, of: user, key.type)
        case .address(let range) where key.type == .enhancedLogging: logged[range] = decision
        case .address(let range):
            addresses.set(range, ban: end(of: .ban, key.target), throttle: end(of: .throttle, key.target))
        case .session: break
        }
    }

    private mutating func set(_ decision: Decision?, of user: String, _ type: EffectKind) {
        var hold = users[user] ?? AccountHold()
        let wasLogged = hold.logging != nil
        hold.set(type, decision)
        loggedUsers += (hold.logging != nil ? 1 : 0) - (wasLogged ? 1 : 0)
        users[user] = hold.isEmpty ? nil : hold
    }

    private func end(of type: EffectKind, _ target: Target) -> Int64? {
        decisions[DecisionKey(target: target, type: type)].map { $0.until?.microseconds ?? .max }
    }
}

/// What an enforcement point does with a request.
public enum EnforcementVerdict: String, Sendable, Hashable, Codable, CaseIterable {
    /// Let it through.
    case pass
    /// Let through a few, refuse the rest.
    case throttle
    /// Refuse.
    case ban
}
