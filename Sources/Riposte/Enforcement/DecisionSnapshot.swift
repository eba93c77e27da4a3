/// What is in force at one moment, as enforcement points ask for it. A value: take it once and ask it as often as you
/// like, without a lock.
public struct DecisionSnapshot: Sendable {
    private var byTarget: [Target: [EffectKind: Decision]] = [:]
    /// How many decisions there are of each prefix length, so that a look-up probes only lengths that occur.
    private var v4Lengths = PrefixLengths()
    private var v6Lengths = PrefixLengths()
    /// Rises with every change.
    public private(set) var version: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { byTarget.isEmpty }
    public var count: Int { byTarget.values.reduce(0) { $0 + $1.count } }

    /// Every decision, by target then type.
    public var all: [Decision] { byTarget.values.flatMap(\.values).sorted { ($0.target, $0.type) < ($1.target, $1.type) } }

    /// The strictest decision in force at `time` that covers `address`: a ban before a throttle, then the narrowest
    /// network. O(number of different prefix lengths), at most 33 or 129.
    public func decision(for address: IPAddress, at time: Timestamp) -> Decision? {
        var found: Decision?
        for length in (address.isV4 ? v4Lengths : v6Lengths).longestFirst {
            guard let decisions = byTarget[.address(AddressRange(address, prefixLength: length))] else { continue }
            if let ban = decisions[.ban], ban.isInForce(at: time) { return ban }
            if found == nil, let throttle = decisions[.throttle], throttle.isInForce(at: time) { found = throttle }
        }
        return found
    }

    /// The decisions on exactly this target.
    public func decisions(on target: Target) -> [Decision] { (byTarget[target] ?? [:]).values.sorted { $0.type < $1.type } }

    /// The decision of exactly this key.
    public subscript(key: DecisionKey) -> Decision? { byTarget[key.target]?[key.type] }

    mutating func set(_ decision: Decision?, key: DecisionKey) {
        let old = self[key]
        guard old != decision else { return }
        version += 1
        count(key.target, by: (decision == nil ? 0 : 1) - (old == nil ? 0 : 1))
        byTarget[key.target, default: [:]][key.type] = decision
        if byTarget[key.target]?.isEmpty == true { byTarget[key.target] = nil }
    }

    private mutating func count(_ target: Target, by change: Int) {
        guard case .address(let range) = target, change != 0 else { return }
        if range.network.isV4 {
            v4Lengths.add(change, to: range.prefixLength)
        } else {
            v6Lengths.add(change, to: range.prefixLength)
        }
    }
}

/// How many decisions there are of each prefix length.
private struct PrefixLengths: Sendable {
    private var counts: [Int: Int] = [:]
    /// Those that occur; kept so that a look-up sorts nothing.
    private(set) var longestFirst: [Int] = []

    mutating func add(_ change: Int, to length: Int) {
        let count = (counts[length] ?? 0) + change
        let isKnown = counts.updateValue(count, forKey: length) != nil
        if count <= 0 { counts[length] = nil }
        if isKnown != (count > 0) { longestFirst = counts.keys.sorted(by: >) }
    }
}
