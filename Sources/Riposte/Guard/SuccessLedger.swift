/// Who has signed in from where in the last 7 days, as much as the guard needs: which targets are somebody's, which
/// addresses many share, how many there are at all. Bounded; what is dropped is counted.
///
/// What an attacker would have to do to look like many: sign in to five existing accounts from one address before the
/// attack. Where an address fails far more often than it succeeds, its successes do not count, nor does the same account
/// twice in a day.
struct SuccessLedger: Sendable {
    static let partCount = 64
    /// This many accounts at one address, and it is shared.
    static let sharedUsers = 5
    /// From this many sign-ins on (an account counts once a day) the part of an address says something.
    static let leastTotal = 20
    static let proxyShare = 0.2

    private var parts = [SuccessPart](repeating: SuccessPart(), count: partCount)
    private var failures = FailureSlots()
    private var dirty: Set<Int> = []

    /// Entries that made room for others.
    var evictions: Int { parts.reduce(0) { $0 + $1.evictions } }

    /// Takes a sign-in in.
    mutating func observe(_ event: borrowing Event) {
        guard event.kind == .login, let address = event.address else { return }
        let key = AddressRange(attackerAt: address)
        switch event.outcome {
        case .failure: failures.fail(key, at: event.time, times: event.count)
        case .success:
            guard let user = event.user, !failures.isAttacking(key, at: event.time) else { return }
            succeed(StableHash.of(user), key, at: event.time)
        case .unknown: return
        }
    }

    private mutating func succeed(_ user: UInt64, _ key: AddressRange, at time: Timestamp) {
        let day = Day(time)
        let userPart = Int(user % UInt64(Self.partCount))
        if parts[userPart].seen(user, day) { dirty.insert(userPart) }
        let part = Self.part(of: key)
        guard parts[part].succeeded(user, at: key, day) else { return }
        dirty.insert(part)
        failures.succeed(key, at: time)
    }

    // MARK: - Questions

    /// Whether the target is somebody's who has signed in within 7 days.
    func isCollateral(_ target: Target, at now: Timestamp) -> Bool {
        switch target {
        case .user(let user):
            let hash = StableHash.of(user)
            return parts[Int(hash % UInt64(Self.partCount))].lastSuccess(of: hash).map { $0.isRecent(at: Day(now)) } ?? false
        case .address(let range): return !users(in: range, at: now).isEmpty
        case .session: return false
        }
    }

    /// How many have signed in within 7 days.
    func population(of kind: Target.Kind, at now: Timestamp) -> Int {
        let today = Day(now)
        return switch kind {
        case .user: parts.reduce(0) { $0 + $1.recentUsers(today) }
        case .address: parts.reduce(0) { $0 + $1.recentAddresses(today) }
        case .session: 0
        }
    }

    /// Why banning `range` would hit more than an attacker; `nil` where it would not.
    func collateral(_ range: AddressRange, at now: Timestamp) -> Collateral? {
        let users = users(in: range, at: now)
        guard users.count >= Self.sharedUsers else { return nil }
        let today = Day(now)
        let total = parts.reduce(0) { $0 + $1.total.sum(today) }
        let own = entries(in: range).reduce(0) { $0 + $1.days.sum(today) }
        if total >= Self.leastTotal, Double(own) >= Double(total) * Self.proxyShare { return .proxy(percent: own * 100 / total) }
        return .shared(users: users.count)
    }

    enum Collateral: Sendable, Hashable {
        case shared(users: Int)
        case proxy(percent: Int)
    }

    private func users(in range: AddressRange, at now: Timestamp) -> Set<UInt64> {
        let today = Day(now)
        return entries(in: range).reduce(into: []) { found, entry in
            for mark in entry.users where mark.day.isRecent(at: today) { found.insert(mark.user) }
        }
    }

    private func entries(in range: AddressRange) -> [AddressSuccesses] {
        let key = AddressRange(attackerAt: range.network)
        if key.contains(range) { return parts[Self.part(of: key)].addresses[key].map { [$0] } ?? [] }
        return parts.flatMap { part in part.addresses.filter { range.contains($0.key) }.values }
    }

    private static func part(of key: AddressRange) -> Int {
        let mixed = (key.network.high ^ key.network.low) &* 0x9E37_79B9_7F4A_7C15
        return Int(mixed >> 58)
    }

    // MARK: - In the store

    /// Up to `limit` of the parts that have changed since they were last taken.
    mutating func takeChanged(_ limit: Int) -> [(part: Int, json: JSONValue)] {
        let taken = dirty.sorted().prefix(limit)
        dirty.subtract(taken)
        return taken.map { ($0, parts[$0].json) }
    }

    /// What was taken was not written.
    mutating func putBack(_ parts: [Int]) { dirty.formUnion(parts) }

    /// Replaces a part by what the store says.
    mutating func load(_ part: Int, _ json: JSONValue) {
        guard parts.indices.contains(part), let loaded = SuccessPart(json) else { return }
        parts[part] = loaded
    }
}
