extension DetectionEngine {
    /// How many users a single source may make a key for: it chooses the names.
    private static let userKeysPerSource = 64

    /// A failed attempt, which happened `times` over.
    mutating func failed(_ attempt: Attempt, name: String?, times: Int, into anomalies: inout [Anomaly]) {
        let key = AttackerKey(attempt.address)
        let isFamiliar = attempt.user.exists && !key.isNone && known.contains(attempt.user, key)
        let source = key.isNone ? nil : sourcePlace(key, attempt.time)
        let user = attempt.user.exists && !attempt.isBarred ? userPlace(attempt, name, source) : nil
        for _ in 0..<times {
            if let source { addFailure(attempt, isFamiliar, toSource: source) }
            if let user { addFailure(attempt, isFamiliar, toUser: user) }
        }
        let network = isFamiliar || source == nil ? nil : addToNetwork(attempt, key, times)
        if let source {
            judgeSource(source, attempt.time, into: &anomalies)
            if !isFamiliar { judgeStuffing(source, network, attempt.time, into: &anomalies) }
        }
        if let user { judgeUser(user, attempt.time, into: &anomalies) }
    }

    private mutating func addFailure(_ attempt: Attempt, _ isFamiliar: Bool, toSource place: Int) {
        if isFamiliar {
            sources.values[place].familiar.insert(attempt)
        } else {
            sources.values[place].failures.insert(attempt)
            sources.values[place].attemptsToStuffing -= 1
        }
    }

    private mutating func addFailure(_ attempt: Attempt, _ isFamiliar: Bool, toUser place: Int) {
        if isFamiliar { users.values[place].familiar.insert(attempt) } else { users.values[place].failures.insert(attempt) }
    }

    // MARK: - Keys

    mutating func sourcePlace(_ key: AttackerKey, _ time: Int64) -> Int {
        if let place = sources.place(of: key) {
            sources.values[place].lastSeen = max(sources.values[place].lastSeen, time)
            return place
        }
        evicted += Self.makeRoom(
            in: &sources, limits.maximumKeys, rank: { ($0.failures.count, $0.lastSeen) }, half: (limits.medium.count + 1) / 2)
        return sources.insert(key, AttackerState(lastSeen: time))
    }

    private mutating func userPlace(_ attempt: Attempt, _ name: String?, _ source: Int?) -> Int? {
        if let place = users.place(of: attempt.user) {
            users.values[place].lastSeen = max(users.values[place].lastSeen, attempt.time)
            return place
        }
        guard let name else { return nil }
        if let source {
            guard sources.values[source].userKeys < Self.userKeysPerSource else { return nil }
            sources.values[source].userKeys += 1
        }
        return addUser(attempt.user, name, source.map { sources.keys[$0] }, attempt.time)
    }

    mutating func addUser(_ user: UserID, _ name: String, _ maker: AttackerKey?, _ time: Int64) -> Int {
        evicted += Self.makeRoom(
            in: &users, limits.maximumKeys, rank: { ($0.failures.count, $0.lastSeen) }, half: (limits.userLow.count + 1) / 2)
        return users.insert(user, UserState(name: name, maker: maker, lastSeen: time))
    }

    /// Adds to the network around a source. Its attempts are kept from its second member on, with those of the first.
    mutating func addToNetwork(_ attempt: Attempt, _ key: AttackerKey, _ times: Int) -> Int? {
        let place = networkPlace(key, attempt.time)
        if !networks.values[place].isShared {
            guard networks.values[place].firstMember != key else { return nil }
            networks.values[place].isShared = true
            if let first = sources[networks.values[place].firstMember] {
                networks.values[place].failures = first.failures
                networks.values[place].successes = first.successes
            }
        }
        for _ in 0..<times {
            if attempt.outcome == .success {
                networks.values[place].successes.insert(attempt)
            } else {
                networks.values[place].failures.insert(attempt)
            }
            networks.values[place].attemptsToStuffing -= 1
        }
        return place
    }

    mutating func networkPlace(_ key: AttackerKey, _ time: Int64) -> Int {
        let network = key.network
        if let place = networks.place(of: network) {
            networks.values[place].lastSeen = max(networks.values[place].lastSeen, time)
            return place
        }
        evicted += Self.makeRoom(
            in: &networks, limits.maximumKeys, rank: { ($0.failures.count, $0.lastSeen) }, half: (limits.medium.count + 1) / 2)
        return networks.insert(network, NetworkState(firstMember: key, lastSeen: time))
    }
}
