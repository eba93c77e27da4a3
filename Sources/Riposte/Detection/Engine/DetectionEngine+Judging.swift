extension DetectionEngine {
    // MARK: - By address

    mutating func judgeSource(_ place: Int, _ time: Int64, into anomalies: inout [Anomaly]) {
        judgeBruteForce(place, at: time, into: &anomalies)
        // A late event can complete the windows that end after it.
        for later in sources.values[place].failureTimes(after: time, within: limits.longestCount) {
            judgeBruteForce(place, at: later, into: &anomalies)
        }
    }

    private mutating func judgeBruteForce(_ place: Int, at time: Int64, into anomalies: inout [Anomaly]) {
        let state = sources.values[place].bruteForce
        guard state.allows(.high, at: time, cooldown: limits.bruteForceCooldown),
            let (severity, window) = SourceAttackRule(limits: limits).bruteForce(sources.values[place], at: time),
            state.allows(severity, at: time, cooldown: limits.bruteForceCooldown)
        else { return }
        sources.values[place].bruteForce.note(severity, at: time)
        let (failures, familiar) = (sources.values[place].failures, sources.values[place].familiar)
        var attempts = Array(failures.window(window, upTo: time))
        let users = maker.hammeredUsers(attempts)
        if severity < .high, !familiar.isEmpty {
            attempts = (attempts + familiar.window(window, upTo: time)).sorted { $0.time < $1.time }
        }
        let range = sources.keys[place].range
        anomalies.append(
            maker.anomaly(
                .bruteForceByAddress, severity, key: range.description, targets: TargetSet(addresses: [range], users: users),
                sources: [range], attempts: attempts,
                summary: "\(attempts.count) failed sign-ins from \(range)\(AnomalyMaker.span(attempts))"))
    }

    // MARK: - Stuffing

    mutating func judgeStuffing(_ place: Int, _ network: Int?, _ time: Int64, into anomalies: inout [Anomaly]) {
        var isAlone = false
        let own = [time] + AttemptRing.times(after: time, within: limits.longestCount, sources.values[place].failures)
        for end in own where judgeStuffing(source: place, at: end, isLate: own.count > 1, into: &anomalies) { isAlone = true }
        guard let network, !isAlone else { return }
        let shared = [time] + AttemptRing.times(after: time, within: limits.longestCount, networks.values[network].failures)
        let member = sources.keys[place]
        for end in shared { judgeStuffing(network: network, of: member, at: end, isLate: shared.count > 1, into: &anomalies) }
    }

    /// - Returns: whether it is, or was a moment ago, stuffing from this address alone.
    private mutating func judgeStuffing(source place: Int, at time: Int64, isLate: Bool, into anomalies: inout [Anomaly]) -> Bool {
        let finds = sources.values[place].stuffing
        guard finds.allows(.high, at: time, cooldown: limits.stuffingCooldown) else { return true }
        guard isLate || sources.values[place].attemptsToStuffing <= 0 else { return false }
        let rule = StuffingRule(failures: sources.values[place].failures, successes: sources.values[place].successes)
        let (found, missing) = rule.judge(limits.stuffing, at: time)
        guard let finding = found else {
            sources.values[place].attemptsToStuffing = time == sources.values[place].lastSeen ? missing : 0
            return false
        }
        guard finds.allows(finding.level.severity, at: time, cooldown: limits.stuffingCooldown) else { return true }
        sources.values[place].stuffing.note(finding.level.severity, at: time)
        let range = sources.keys[place].range
        anomalies.append(
            stuffing(finding, finding.level.severity, from: range, key: range.description, TargetSet(addresses: [range])))
        return true
    }

    /// - Parameter member: whose attempt it is. Within the cooldown only one that was not named yet can make it be told of again.
    private mutating func judgeStuffing(
        network place: Int, of member: AttackerKey, at time: Int64, isLate: Bool, into anomalies: inout [Anomaly]
    ) {
        let (finds, named, cooldown) = (networks.values[place].stuffing, networks.values[place].named, limits.stuffingCooldown)
        guard isLate || networks.values[place].attemptsToStuffing <= 0,
            finds.allows(.high, at: time, cooldown: cooldown) || !named.contains(member, around: time, cooldown: cooldown)
        else { return }
        let rule = StuffingRule(failures: networks.values[place].failures, successes: networks.values[place].successes, isNetwork: true)
        let (found, missing) = rule.judge(limits.stuffing, at: time)
        guard let finding = found else {
            networks.values[place].attemptsToStuffing = time == networks.values[place].lastSeen ? missing : 0
            return
        }
        let severity = finding.level.severity
        let isNews = finds.allows(severity, at: time, cooldown: cooldown)
        guard isNews || !named.contains(member, around: time, cooldown: cooldown) else { return }
        let members = self.members(finding.attempts, at: time)
        let earlier = named.members(around: time, cooldown: cooldown)
        guard !members.isEmpty, isNews || hasEnoughNew(members, named: earlier) else { return }
        networks.values[place].stuffing.note(severity, at: time)
        networks.values[place].named.note(members, at: time)
        let range = networks.keys[place]
        anomalies.append(
            stuffing(finding, severity, from: range, key: "\(range) \(earlier.count)", TargetSet(addresses: members.map(\.range))))
    }

    /// - Parameters:
    ///   - key: what tells it from other findings of that severity and moment.
    ///   - winner: who has got in, where somebody has.
    func stuffing(
        _ finding: StuffingRule.Finding, _ severity: Severity, from range: AddressRange, key: String, _ targets: TargetSet,
        winner: String? = nil
    ) -> Anomaly {
        let attempts = finding.attempts
        let won = winner.map { ", and got in as \($0)" } ?? ""
        let places = Set(attempts.lazy.filter { $0.outcome == .failure }.map { AttackerKey($0.address) }).count
        let from = range.isWiderThanAttacker ? " from \(places == 1 ? "1 address" : "\(places) addresses")" : ""
        return maker.anomaly(
            .credentialStuffing, severity, key: key, targets: targets, sources: [range], attempts: attempts,
            summary: "\(range) tried \(finding.users) users in \(attempts.count) attempts\(from)\(AnomalyMaker.span(attempts))\(won)")
    }

    // MARK: - By user

    mutating func judgeUser(_ place: Int, _ time: Int64, into anomalies: inout [Anomaly]) {
        judgeUser(place, at: time, into: &anomalies)
        for later in users.values[place].failureTimes(after: time, within: limits.longestCount) {
            judgeUser(place, at: later, into: &anomalies)
        }
    }

    private mutating func judgeUser(_ place: Int, at time: Int64, into anomalies: inout [Anomaly]) {
        let rule = UserAttackRule(limits: limits)
        if let (severity, attempts) = rule.byUser(users.values[place], at: time) {
            users.values[place].bruteForce.note(severity, at: time)
            anomalies.append(userAnomaly(.bruteForceByUser, severity, place, attempts, at: time))
        }
        if let (severity, attempts) = rule.distributed(users.values[place], at: time) {
            users.values[place].distributed.note(severity, at: time)
            anomalies.append(userAnomaly(.bruteForceDistributed, severity, place, attempts, at: time))
        }
    }

    private func userAnomaly(
        _ detector: DetectorName, _ severity: Severity, _ place: Int, _ attempts: [Attempt], at time: Int64
    ) -> Anomaly {
        let user = users.values[place].name
        let ranges = attackers(of: users.keys[place], attempts, at: time).map(\.range)
        let count = Set(attempts.lazy.filter { !$0.address.isUnspecified }.map { AttackerKey($0.address) }).count
        let places = count == 1 ? "1 address" : "\(count) addresses"
        return maker.anomaly(
            detector, severity, key: user, targets: TargetSet(addresses: ranges, users: [user]), sources: ranges, attempts: attempts,
            summary: "\(attempts.count) failed sign-ins for \(user) from \(places)\(AnomalyMaker.span(attempts))")
    }

    var maker: AnomalyMaker {
        AnomalyMaker(feeds: feeds) {
            users[$0]?.name
        } forgotten: {
            users[$0]?.forgotten ?? .min
        }
    }
}
