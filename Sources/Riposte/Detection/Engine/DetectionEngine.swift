/// The shipped detectors, which share their tables, and any others beside them: `brute_force` (by address, by user,
/// distributed), `credential_stuffing` and `success_after_failures`.
///
/// They count failed sign-ins (``Event/Kind/login``) exactly, in event time: the latest 128 attempts of each address, account
/// and shared network are kept. The cost of an event does not grow with the number of events or keys. Memory is
/// bounded by ``DetectionConfiguration/maximumKeys``; ``evictions`` counts what was dropped to stay within.
public struct DetectionEngine: Sendable {
    let limits: DetectionLimits
    private let longestWindow: Duration
    private var additional: [any Detector]
    var sources = KeyTable<AttackerKey, AttackerState>()
    var users = KeyTable<UserID, UserState>()
    var networks = KeyTable<AddressRange, NetworkState>()
    var known: KnownPairs
    var feeds: [SourceName] = []
    var evicted = 0
    /// How many attempts were taken in since it was last looked how many are held.
    private var unweighed = 0
    /// The latest time of any event, and when what is over was last cleared away.
    private var latest = Int64.min
    private var clearedAt = Int64.min

    /// Creates detectors that have seen nothing.
    ///
    /// - Parameter additional: detectors of your own. They see every event, after the shipped ones.
    public init(configuration: DetectionConfiguration = DetectionConfiguration(), additional: [any Detector] = []) {
        limits = DetectionLimits(configuration)
        longestWindow = additional.map(\.window).reduce(configuration.window) { max($0, $1) }
        known = KnownPairs(capacity: configuration.maximumKeys)
        self.additional = additional
    }

    /// The names that anomalies can carry.
    public var names: [DetectorName] { DetectorName.shipped + additional.flatMap(\.names) }

    /// How far back any of the detectors looks.
    public var window: Duration { longestWindow }

    /// How many keys were dropped to stay within bounds.
    public var evictions: Int { evicted + known.evictions + additional.reduce(0) { $0 + $1.evictions } }

    /// How many addresses, accounts and networks are tracked.
    public var trackedKeys: Int { sources.count + users.count + networks.count }

    /// Takes events in and appends what they complete to `anomalies`, in the order of the events.
    public mutating func observe(_ events: borrowing [Event], into anomalies: inout [Anomaly]) {
        for index in events.indices where events[index].kind == .login { observe(events[index], into: &anomalies) }
        for index in additional.indices { additional[index].observe(events, into: &anomalies) }
    }

    private mutating func observe(_ event: borrowing Event, into anomalies: inout [Anomaly]) {
        guard event.outcome != .unknown, event.address != nil || event.user != nil else { return }
        let time = min(max(event.time.microseconds, DetectionLimits.times.lowerBound), DetectionLimits.times.upperBound)
        let user = event.user.map { UserID($0, exists: Self.mayExist($0, event.reason), salt: limits.salt) } ?? .nobody
        let attempt = Attempt(
            time: time, address: event.address ?? IPAddress(high: 0, low: 0), user: user, feed: feed(event.source), outcome: event.outcome,
            reason: event.reason, method: event.method)
        advance(to: time)
        if event.outcome == .failure {
            let times = Int(min(event.count, UInt32(AttemptRing.capacity)))
            failed(attempt, name: event.user, times: times, into: &anomalies)
            unweighed += times
        } else {
            unweighed += 1
            succeeded(attempt, name: event.user, session: event.details?.session, into: &anomalies)
        }
        if unweighed > limits.maximumAttempts / 8 { weigh() }
    }

    /// No account has so long a name; and a name is kept as long as its key.
    private static func mayExist(_ name: String, _ reason: Event.Reason) -> Bool {
        reason != .unknownUser && name.utf8.count <= Event.longestName
    }

    /// The number of a source of events; those beyond the 65,535th share the last.
    private mutating func feed(_ name: SourceName) -> UInt16 {
        if let last = feeds.lastIndex(of: name) { return UInt16(last) }
        guard feeds.count < Int(UInt16.max) else { return .max }
        feeds.append(name)
        return UInt16(feeds.count - 1)
    }

    // MARK: - Bounds

    /// Clears away, once an hour, what no window reaches any more.
    private mutating func advance(to time: Int64) {
        guard time > latest else { return }
        latest = time
        if clearedAt == .min { clearedAt = time }
        guard time - clearedAt >= 3_600_000_000 else { return }
        clearedAt = time
        let oldest = time - limits.window
        sources.removeAll { $0.lastSeen < oldest }
        users.removeAll { $0.lastSeen < oldest }
        networks.removeAll { $0.lastSeen < oldest }
        recountUserKeys()
    }

    /// A source that is always there, such as an office, gets back what its cleared users took.
    private mutating func recountUserKeys() {
        for place in sources.values.indices { sources.values[place].userKeys = 0 }
        for maker in users.values.lazy.compactMap(\.maker) {
            if let place = sources.place(of: maker) { sources.values[place].userKeys += 1 }
        }
    }

    /// Evicts the stalest keys of each table until it holds no more attempts than it may: the number of keys alone bounds no
    /// memory, where each has its 128.
    private mutating func weigh() {
        unweighed = 0
        evicted += Self.lighten(&sources, limits.maximumAttempts, held: \.held, lastSeen: \.lastSeen)
        evicted += Self.lighten(&users, limits.maximumAttempts, held: \.held, lastSeen: \.lastSeen)
        evicted += Self.lighten(&networks, limits.maximumAttempts, held: \.held, lastSeen: \.lastSeen)
    }

    private static func lighten<Key, Value>(
        _ table: inout KeyTable<Key, Value>, _ limit: Int, held: (Value) -> Int, lastSeen: (Value) -> Int64
    ) -> Int {
        var evicted = 0
        while table.values.reduce(0, { $0 + held($1) }) > limit, table.count > 1 {
            evicted += makeRoom(in: &table, table.count, rank: { (0, lastSeen($0)) }, half: 1)
        }
        return evicted
    }

    /// Evicts an eighth of the keys where there are too many: the stalest of those that are under half their threshold, and
    /// where these are fewer, the stalest of the others.
    static func makeRoom<Key, Value>(
        in table: inout KeyTable<Key, Value>, _ limit: Int, rank: (Value) -> (failures: Int, lastSeen: Int64), half: Int
    ) -> Int {
        guard table.count >= limit else { return 0 }
        func order(_ value: Value) -> (Int, Int64) {
            let rank = rank(value)
            return (rank.failures >= half ? 1 : 0, rank.lastSeen)
        }
        let due = max(limit / 8, 1)
        let ranks = table.values.map(order).sorted { $0 < $1 }
        let last = ranks[due - 1]
        var equals = due - ranks.prefix(due).count { $0 < last }
        let before = table.count
        table.removeAll { value in
            let order = order(value)
            guard order == last else { return order < last }
            equals -= 1
            return equals >= 0
        }
        return before - table.count
    }

    // MARK: - Memory of what was found

    /// Takes note of an anomaly that was found before a restart, so that it is not found again. To be called for each, before
    /// the events are read again that they rest on.
    public mutating func remember(_ anomaly: Anomaly) {
        for index in additional.indices { additional[index].remember(anomaly) }
        let time = anomaly.last.microseconds
        switch anomaly.detector {
        case .bruteForceByAddress:
            if let place = rememberedSource(anomaly) { sources.values[place].bruteForce.note(anomaly.severity, at: time) }
        case .bruteForceByUser:
            for place in rememberedUsers(anomaly) { users.values[place].bruteForce.note(anomaly.severity, at: time) }
        case .bruteForceDistributed:
            for place in rememberedUsers(anomaly) { users.values[place].distributed.note(anomaly.severity, at: time) }
        case .successAfterFailures:
            for place in rememberedUsers(anomaly) { users.values[place].takeover.note(anomaly.severity, at: time) }
        case .credentialStuffing:
            if let place = rememberedSource(anomaly) {
                sources.values[place].stuffing.note(anomaly.severity, at: time)
            } else if let network = anomaly.sources.first {
                rememberNetwork(network, anomaly)
            }
        default: break
        }
    }

    private mutating func rememberNetwork(_ network: AddressRange, _ anomaly: Anomaly) {
        let time = anomaly.last.microseconds
        let place = networkPlace(AttackerKey(network.network), time)
        networks.values[place].stuffing.note(anomaly.severity, at: time)
        networks.values[place].named.note(anomaly.targets.addresses.compactMap(AttackerKey.init), at: time)
        guard anomaly.severity == .critical else { return }
        for name in anomaly.targets.users { networks.values[place].named.noteWin(UserID(name, exists: true, salt: limits.salt), at: time) }
    }

    private mutating func rememberedSource(_ anomaly: Anomaly) -> Int? {
        guard let key = anomaly.sources.first.flatMap(AttackerKey.init) else { return nil }
        return sourcePlace(key, anomaly.last.microseconds)
    }

    private mutating func rememberedUsers(_ anomaly: Anomaly) -> [Int] {
        anomaly.targets.users.map { name in
            let id = UserID(name, exists: true, salt: limits.salt)
            return users.place(of: id) ?? addUser(id, name, nil, anomaly.last.microseconds)
        }
    }

    /// Forgets what it holds about `target` up to `time`: it was undone, was a false positive or has served its time, and the
    /// next failure must not find the old ones still counted. Linear in the number of keys where the target is a network.
    public mutating func forget(_ target: Target, upTo time: Timestamp) {
        for index in additional.indices { additional[index].forget(target, upTo: time) }
        let limit = time.microseconds
        switch target {
        case .address(let range): forget(range, limit)
        case .user(let name):
            guard let place = users.place(of: UserID(name, exists: true, salt: limits.salt)) else { return }
            users.values[place].forget(upTo: limit) { $0.time <= limit }
        case .session: break
        }
    }

    private mutating func forget(_ range: AddressRange, _ limit: Int64) {
        func isGone(_ attempt: Attempt) -> Bool { attempt.time <= limit && range.overlaps(AddressRange(attackerAt: attempt.address)) }
        if let key = AttackerKey(range) { return forget(key, limit, isGone) }
        for (place, key) in sources.keys.enumerated() where range.overlaps(key.range) { sources.values[place].forget(upTo: limit) }
        for (place, network) in networks.keys.enumerated() where range.overlaps(network) {
            networks.values[place].forget(range, of: network, upTo: limit, isGone)
        }
        for place in users.values.indices { users.values[place].removeFailures(isGone) }
    }

    /// A single attacker's, which is what ends with each block: by what is kept of it, and not by looking through all keys.
    private mutating func forget(_ key: AttackerKey, _ limit: Int64, _ isGone: (Attempt) -> Bool) {
        if let place = networks.place(of: key.network) {
            networks.values[place].forget(key.range, of: key.network, upTo: limit, isGone)
        }
        for user in usersTried(by: key) { users.values[user].removeFailures(isGone) }
        if let place = sources.place(of: key) { sources.values[place].forget(upTo: limit) }
    }

    /// The places of the users that hold failures of a source; of all users, where it is not known any more which.
    private func usersTried(by key: AttackerKey) -> [Int] {
        guard let state = sources[key], max(state.failures.count, state.familiar.count) < AttemptRing.capacity else {
            return Array(users.values.indices)
        }
        return Set((state.failures.attempts + state.familiar.attempts).map(\.user)).compactMap { users.place(of: $0) }
    }
}
