internal import HashTreeCollections

/// What is in force at one moment, as enforcement points ask for it. A value: take it once and ask it as often as you
/// like, without a lock. Taking one costs one reference, however much is in force.
public struct DecisionSnapshot: Sendable {
    private final class Page: Sendable {
        let table: DecisionTable
        init(_ table: DecisionTable) { self.table = table }
    }

    private let page: Page

    /// Creates a snapshot in which nothing is decided.
    public init() { self.init(DecisionTable()) }

    init(_ table: DecisionTable) { page = Page(table) }

    /// Rises with every change.
    public var version: UInt64 { page.table.version }
    /// Whether nothing is decided of anybody.
    public var isEmpty: Bool { page.table.decisions.isEmpty }
    /// How many decisions there are, those included whose time is over and that are not yet cleared away.
    public var count: Int { page.table.decisions.count }

    /// Every decision, by target then type.
    public var all: [Decision] { page.table.decisions.values.sorted { $0.key < $1.key } }

    /// What to do with a request from `address` at `time`. Cheap enough for each request: O(number of different prefix
    /// lengths), without a lock.
    public func verdict(for address: IPAddress, at time: Timestamp) -> EnforcementVerdict {
        switch page.table.addresses.hold(address, at: time).hold {
        case .none: .pass
        case .throttle: .throttle
        case .ban: .ban
        }
    }

    /// The strictest decision in force at `time` that covers `address`: a ban before a throttle, then the narrowest
    /// network. O(number of different prefix lengths), at most 33 or 129.
    public func decision(for address: IPAddress, at time: Timestamp) -> Decision? {
        let (hold, length) = page.table.addresses.hold(address, at: time)
        guard hold != .none else { return nil }
        let target = Target.address(AddressRange(address, prefixLength: length))
        return self[DecisionKey(target: target, type: hold == .ban ? .ban : .throttle)]
    }

    /// How `user` stands at `time`. One look-up, whatever there is; without a lock.
    public func verdict(for user: String, at time: Timestamp) -> AccountVerdict {
        guard !page.table.users.isEmpty, page.table.names.mayHold(user) else { return .free }
        return page.table.users[user].map { AccountVerdict($0, at: time) } ?? .free
    }

    /// Whether the session was ended by itself. One look-up; without a lock.
    public func hasEnded(session: String, at time: Timestamp) -> Bool {
        guard !page.table.sessions.isEmpty, page.table.names.mayHold(session) else { return false }
        return page.table.sessions[session].map { $0 > time } ?? false
    }

    /// At which level requests from `address` are logged; `nil` = as always.
    public func logLevel(for address: IPAddress, at time: Timestamp) -> String? {
        guard !page.table.logged.isEmpty else { return nil }
        return logging(of: address, at: time)?.terms?.level
    }

    /// The decision in force at `time` that has requests from `address` logged; `nil` = none.
    func logging(of address: IPAddress, at time: Timestamp) -> Decision? {
        if let own = page.table.logged[AddressRange(address)], own.isInForce(at: time) { return own }
        return page.table.logged[AddressRange(attackerAt: address)].flatMap { $0.isInForce(at: time) ? $0 : nil }
    }

    /// Whether anything is logged in more detail.
    var logsAnybody: Bool { !page.table.logged.isEmpty || page.table.loggedUsers > 0 }

    /// The decisions on exactly this target, by type.
    public func decisions(on target: Target) -> [Decision] {
        EffectKind.decisions.compactMap { self[DecisionKey(target: target, type: $0)] }
    }

    /// The decision of exactly this key.
    public subscript(key: DecisionKey) -> Decision? { page.table.decisions[key] }
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
