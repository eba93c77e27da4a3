extension DetectionEngine {
    /// A successful sign-in: of the user himself, who had mistyped, or of an attacker who has got in.
    mutating func succeeded(_ attempt: Attempt, name: String?, session: String?, into anomalies: inout [Anomaly]) {
        let key = AttackerKey(attempt.address)
        guard !key.isNone, let name, attempt.user.exists else { return }
        let wasKnown = known.contains(attempt.user, key)
        let place = sourcePlace(key, attempt.time)
        sources.values[place].successes.insert(attempt)
        sources.values[place].attemptsToStuffing -= 1
        let network = addToNetwork(attempt, key, 1)
        if wasKnown {
            forgive(attempt.user, key, place, network)
            return
        }
        let tries = tries(of: attempt, at: place)
        if isHonest(attempt, tries, place), tries == 0 || stuffing(around: network, at: attempt.time) == nil {
            forgive(attempt.user, key, place, network)
            known.insert(attempt.user, key)
            return
        }
        guard attempt.method.isPasswordLike else { return }
        let winner = Winner(name: name, session: session)
        judgeStuffingSuccess(attempt, winner, tries, place, network, into: &anomalies)
        judgeTakeover(attempt, winner, tries, place, into: &anomalies)
    }

    /// How often the source had failed for the account before the success, within the takeover window.
    private func tries(of success: Attempt, at place: Int) -> Int {
        let forgotten = users[success.user]?.forgotten ?? .min
        return sources.values[place].failures.window(limits.takeoverWindow, upTo: success.time).count {
            $0.user == success.user && $0.time > forgotten
        }
    }

    /// Whether the user's own failures before it, if any, were slips: few, in a place that attacks nobody else.
    private func isHonest(_ success: Attempt, _ tries: Int, _ place: Int) -> Bool {
        let rule = SourceAttackRule(limits: limits)
        return tries < limits.medium.count && !isUnderAttack(success, tries)
            && !rule.isAttacking(sources.values[place], at: success.time, without: success.user)
    }

    /// The stuffing that the network around a source is in the middle of.
    private func stuffing(around network: Int?, at time: Int64) -> StuffingRule.Finding? {
        guard let state = network.map({ networks.values[$0] }) else { return nil }
        let rule = StuffingRule(failures: state.failures, successes: state.successes, isNetwork: true)
        return rule.judge(limits.stuffing, at: time).finding
    }

    /// Whether the user was found to be attacked from several places, this one among them.
    private func isUnderAttack(_ success: Attempt, _ tries: Int) -> Bool {
        guard tries >= limits.tries, let user = users[success.user] else { return false }
        return user.distributed.happened(in: limits.takeoverWindow, upTo: success.time)
            || user.bruteForce.happened(in: limits.takeoverWindow, upTo: success.time, atLeast: .high)
    }

    /// The user's failures there were slips.
    private mutating func forgive(_ user: UserID, _ key: AttackerKey, _ source: Int, _ network: Int?) {
        sources.values[source].failures.remove { $0.user == user }
        sources.values[source].familiar.remove { $0.user == user }
        sources.values[source].attemptsToStuffing = 0
        if let network {
            networks.values[network].failures.remove { $0.user == user && AttackerKey($0.address) == key }
            networks.values[network].attemptsToStuffing = 0
        }
        if let place = users.place(of: user) { users.values[place].removeFailures { AttackerKey($0.address) == key } }
    }

    // MARK: - Judging

    private mutating func judgeTakeover(
        _ success: Attempt, _ winner: Winner, _ tries: Int, _ source: Int, into anomalies: inout [Anomaly]
    ) {
        let rule = SourceAttackRule(limits: limits)
        // Where it is merely medium, colleagues may have mistyped: a single slip and a success prove nothing then.
        let isAttacker =
            rule.isClearlyAttacking(sources.values[source], at: success.time)
            || tries >= limits.tries && rule.isAttacking(sources.values[source], at: success.time, without: nil)
        guard tries > 0, isAttacker || isUnderAttack(success, tries) else { return }
        let place = users.place(of: success.user) ?? addUser(success.user, winner.name, nil, success.time)
        guard users.values[place].takeover.allows(.critical, at: success.time, cooldown: limits.takeoverCooldown) else { return }
        users.values[place].takeover.note(.critical, at: success.time)
        let range = sources.keys[source].range
        let isSpared = !isAttacker && isWorkplace(sources.keys[source], failures: tries, of: [success.user], at: success.time)
        let attempts = sources.values[source].failures.window(limits.takeoverWindow, upTo: success.time) + [success]
        let own = tries == 1 ? "1 failure" : "\(tries) failures"
        let targets = winner.targets(isSpared ? [] : [range])
        anomalies.append(
            maker.anomaly(
                .successAfterFailures, .critical, key: "\(winner.name) \(range)", targets: targets, sources: [range],
                attempts: Array(attempts),
                summary: "\(winner.name) signed in from \(range) after \(own) there, in the course of an attack"))
    }

    /// Makes stuffing critical. An account that the source had not failed for is spoken of and not named as a target: its
    /// owner may share the address.
    private mutating func judgeStuffingSuccess(
        _ success: Attempt, _ winner: Winner, _ tries: Int, _ source: Int, _ network: Int?, into anomalies: inout [Anomaly]
    ) {
        let alone = StuffingRule(failures: sources.values[source].failures, successes: sources.values[source].successes)
        if let finding = alone.judge(limits.stuffing, at: success.time).finding {
            guard sources.values[source].stuffing.allows(.critical, at: success.time, cooldown: limits.stuffingCooldown) else { return }
            sources.values[source].stuffing.note(.critical, at: success.time)
            let range = sources.keys[source].range
            let targets = tries > 0 ? winner.targets([range]) : TargetSet(addresses: [range])
            anomalies.append(stuffing(finding, .critical, from: range, key: range.description, targets, winner: winner.name))
            return
        }
        guard let network, tries > 0, let finding = stuffing(around: network, at: success.time) else { return }
        judgeNetworkSuccess(success, winner, tries, source, network, finding, into: &anomalies)
    }

    /// Each account that a network gets into is told of, whatever was told about the network before.
    private mutating func judgeNetworkSuccess(
        _ success: Attempt, _ winner: Winner, _ tries: Int, _ source: Int, _ network: Int, _ finding: StuffingRule.Finding,
        into anomalies: inout [Anomaly]
    ) {
        let (place, time) = (sources.keys[source], success.time)
        guard !networks.values[network].named.hasWon(success.user, around: time, cooldown: limits.stuffingCooldown) else { return }
        let own = isWorkplace(place, failures: tries, of: [success.user], at: time) ? [] : [place]
        let members = own + self.members(finding.attempts, at: time).filter { $0 != place }
        networks.values[network].stuffing.note(.critical, at: time)
        networks.values[network].named.note(members, at: time)
        networks.values[network].named.noteWin(success.user, at: time)
        let range = networks.keys[network]
        let targets = winner.targets(members.map(\.range))
        anomalies.append(stuffing(finding, .critical, from: range, key: "\(range) \(winner.name)", targets, winner: winner.name))
    }
}

/// Where somebody has got in: the account, and the session that it was given, where the event names it.
private struct Winner {
    let name: String
    let session: String?

    /// Whom to act on, with these addresses. The session goes with the account: it is the attacker's own.
    func targets(_ addresses: [AddressRange]) -> TargetSet {
        TargetSet(addresses: addresses, users: [name], sessions: [session].compactMap(\.self).filter { !$0.isEmpty })
    }
}
