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
        for end in shared { judgeStuffing(network: network, at: end, isLate: shared.count > 1, into: &anomalies) }
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
        anomalies.append(stuffing(finding, finding.level.severity, sources.keys[place].range))
        return true
    }

    private mutating func judgeStuffing(network place: Int, at time: Int64, isLate: Bool, into anomalies: inout [Anomaly]) {
        let finds = networks.values[place].stuffing
        guard finds.allows(.high, at: time, cooldown: limits.stuffingCooldown),
            isLate || networks.values[place].attemptsToStuffing <= 0
        else { return }
        let rule = StuffingRule(failures: networks.values[place].failures, successes: networks.values[place].successes, isNetwork: true)
        let (found, missing) = rule.judge(limits.stuffing, at: time)
        guard let finding = found else {
            networks.values[place].attemptsToStuffing = time == networks.values[place].lastSeen ? missing : 0
            return
        }
        guard finds.allows(finding.level.severity, at: time, cooldown: limits.stuffingCooldown) else { return }
        networks.values[place].stuffing.note(finding.level.severity, at: time)
        anomalies.append(stuffing(finding, finding.level.severity, networks.keys[place]))
    }

    /// - Parameter winner: who has got in, where somebody has.
    func stuffing(
        _ finding: StuffingRule.Finding, _ severity: Severity, _ range: AddressRange, winner: String? = nil, users: [String] = []
    ) -> Anomaly {
        let attempts = finding.attempts
        let won = winner.map { ", and got in as \($0)" } ?? ""
        return maker.anomaly(
            .credentialStuffing, severity, key: range.description, targets: TargetSet(addresses: [range], users: users), sources: [range],
            attempts: attempts,
            summary: "\(range) tried \(finding.users) users in \(attempts.count) attempts\(AnomalyMaker.span(attempts))\(won)")
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
            anomalies.append(userAnomaly(.bruteForceByUser, severity, users.values[place].name, attempts))
        }
        if let (severity, attempts) = rule.distributed(users.values[place], at: time) {
            users.values[place].distributed.note(severity, at: time)
            anomalies.append(userAnomaly(.bruteForceDistributed, severity, users.values[place].name, attempts))
        }
    }

    /// Addresses with a single failure are not named as targets: one of them may be the user's own.
    private func userAnomaly(_ detector: DetectorName, _ severity: Severity, _ user: String, _ attempts: [Attempt]) -> Anomaly {
        var counts: [AttackerKey: Int] = [:]
        for attempt in attempts where !attempt.address.isUnspecified { counts[AttackerKey(attempt.address), default: 0] += 1 }
        let ranges = counts.filter { $0.value > 1 }.keys.sorted().map(\.range)
        let places = counts.count == 1 ? "1 address" : "\(counts.count) addresses"
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
