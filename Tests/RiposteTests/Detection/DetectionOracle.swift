import Riposte

/// What the detectors promise, told the long way: every attempt is kept for good, and every question is answered by going
/// through all of them. Written from the reference and the documentation and sharing nothing with the engine but its
/// configuration.
struct DetectionOracle {
    struct Finding: Hashable, CustomStringConvertible {
        var detector: String
        var key: String
        var severity: Severity
        /// Microseconds since the epoch.
        var time: Int64
        /// Who is named as the attacker.
        var addresses: Set<String>

        var description: String { "\(detector) \(severity) \(key) @\(time) by \(addresses.sorted())" }
    }

    /// One attempt. Of "repeated 3 times" there are three.
    struct Record {
        var time: Int64
        /// The /32 or /64, the /128 behind a translator; `nil` where there was no address.
        var source: String?
        var network: String?
        var user: String?
        var exists: Bool
        var failed: Bool
        var barred: Bool
        /// A failure of a user who had got in from there before.
        var familiar: Bool
        var forgiven = false

        var account: String { "\(exists) \(user ?? "")" }
        /// What counts in full.
        var counts: Bool { failed && !familiar && !forgiven }
    }

    let configuration: DetectionConfiguration
    var records: [Record] = []
    private var pairs: Set<[String]> = []
    private(set) var findings: [Finding] = []
    /// That somebody from a network got into an account.
    private var wins: [(network: String, user: String, time: Int64)] = []

    init(_ configuration: DetectionConfiguration) { self.configuration = configuration }

    mutating func see(_ event: Event) {
        guard event.kind == .login, event.outcome != .unknown, event.address != nil || event.user != nil else { return }
        let exists = event.user != nil && event.reason != .unknownUser
        let source = event.address.map { AddressRange(attackerAt: $0).description }
        let record = Record(
            time: event.time.microseconds, source: source,
            network: event.address.map { Self.network($0) }, user: event.user,
            exists: exists, failed: event.outcome == .failure, barred: [.locked, .disabled, .expired].contains(event.reason),
            familiar: event.outcome == .failure && exists && pairs.contains([event.user ?? "", source ?? ""]))
        if event.outcome == .failure {
            records += Array(repeating: record, count: Int(event.count))
            failure(record)
        } else if source != nil, exists {
            records.append(record)
            success(record, isPasswordLike: [.password, .keyboardInteractive, .unknown].contains(event.method))
        }
    }

    private static func network(_ address: IPAddress) -> String {
        let isTranslated = AddressRange(address).description.hasPrefix("64:ff9b:")
        return AddressRange(address, prefixLength: address.isV4 ? 24 : isTranslated ? 120 : 48).description
    }

    // MARK: - Failures

    private mutating func failure(_ record: Record) {
        if record.source != nil {
            for end in ends(record, { $0.failed && $0.source == record.source }) { bruteForce(record, at: end) }
            if !record.familiar { stuffing(record) }
        }
        guard record.exists, !record.barred, record.user != nil else { return }
        for end in ends(record, { $0.failed && $0.exists && !$0.barred && $0.user == record.user }) { user(record, at: end) }
    }

    /// The times at which windows end that can hold the record: its own and those of what is later.
    private func ends(_ record: Record, _ belongs: (Record) -> Bool) -> [Int64] {
        let later = records.filter { belongs($0) && !$0.forgiven && $0.time >= record.time && $0.time - record.time <= 86_400_000_000 }
        return Set(later.map(\.time) + [record.time]).sorted()
    }

    private func within(_ window: Duration, _ end: Int64, _ belongs: (Record) -> Bool) -> [Record] {
        records.filter { !$0.forgiven && $0.time <= end && end - $0.time <= window.microseconds && belongs($0) }
    }

    private mutating func bruteForce(_ record: Record, at end: Int64) {
        let rule = configuration.bruteForce
        func full(_ window: Duration) -> [Record] { within(window, end) { $0.source == record.source && $0.counts } }
        func slow(_ count: Int, _ window: Duration) -> Bool {
            // Whether somebody was forgiven or not, he had got in.
            let successes = Set(
                records.filter {
                    $0.source == record.source && !$0.failed && $0.time <= end && end - $0.time <= window.microseconds
                }.map(\.account)
            ).count
            let failures = full(window).count
            return failures >= count && Double(successes) <= rule.slowSuccessShare * Double(successes + failures)
        }
        let isHigh =
            full(rule.ipHighWindow).count >= rule.ipHighFailures || slow(rule.slowFailures, rule.slowWindow)
            || slow(rule.slowestFailures, rule.slowestWindow)
        if isHigh, !full(.zero).isEmpty {
            tell("brute_force.ip", record.source ?? "", .high, end, rule.cooldown, [record.source ?? ""])
        } else if within(rule.ipWindow, end, { $0.source == record.source && $0.failed }).count >= rule.ipFailures {
            tell("brute_force.ip", record.source ?? "", .medium, end, rule.cooldown, [record.source ?? ""])
        }
    }

    private mutating func user(_ record: Record, at end: Int64) {
        let rule = configuration.bruteForce
        func isTheirs(_ other: Record) -> Bool { other.failed && other.exists && !other.barred && other.user == record.user }
        func isDominated(_ records: [Record]) -> Bool {
            let counts = Dictionary(grouping: records.filter { $0.source != nil }, by: \.source).mapValues(\.count)
            return counts.values.contains { Double($0) >= rule.dominantShare * Double(records.count) }
        }
        let name = record.user ?? ""
        let all = within(rule.userWindow, end, isTheirs)
        let full = all.filter(\.counts)
        let endsInFull = records.contains { isTheirs($0) && $0.counts && $0.time == end }
        var isTold = false
        if full.count >= rule.userHighFailures, endsInFull, !isDominated(full) {
            isTold = tell("brute_force.user", name, .high, end, rule.cooldown, attackers(of: name, full, end))
        }
        if !isTold, all.count >= rule.userFailures, !isDominated(all) {
            tell("brute_force.user", name, .low, end, rule.cooldown, attackers(of: name, all, end))
        }
        let wide = within(rule.distributedWindow, end) { isTheirs($0) && $0.counts }
        guard endsInFull, wide.count >= rule.distributedFailures,
            Set(wide.compactMap(\.source)).count >= rule.distributedAddresses
        else { return }
        let severity: Severity = wide.count >= rule.distributedCriticalFailures ? .critical : .high
        tell("brute_force.distributed", name, severity, end, rule.cooldown, attackers(of: name, wide, end))
    }

    // MARK: - Who is named

    /// Not a single failure, not where the user is known, not where people work.
    private func attackers(of user: String, _ failures: [Record], _ end: Int64) -> Set<String> {
        let sources = Set(failures.compactMap(\.source))
        return sources.filter { source in
            let count = failures.count { $0.source == source }
            return count >= 2 && !pairs.contains([user, source]) && !isWorkplace(source, count, [user], end)
        }
    }

    private func members(_ attempts: [Record], _ end: Int64) -> Set<String> {
        let failures = attempts.filter(\.failed)
        return Set(failures.compactMap(\.source)).filter { source in
            let own = failures.filter { $0.source == source }
            return !isWorkplace(source, own.count, Set(own.filter(\.exists).compactMap(\.user)), end)
        }
    }

    /// More users who are known there have signed in than there are failures, of which there are few.
    private func isWorkplace(_ source: String, _ failures: Int, _ tried: Set<String>, _ time: Int64) -> Bool {
        guard failures < configuration.bruteForce.ipFailures, !wasClearlyAttacking(source, time) else { return false }
        let signedIn = records.filter {
            !$0.failed && $0.source == source && $0.time <= time && time - $0.time <= configuration.window.microseconds
        }
        let others = Set(signedIn.compactMap(\.user)).subtracting(tried)
        return others.filter { pairs.contains([$0, source]) }.count > failures
    }

    private func wasClearlyAttacking(_ source: String, _ time: Int64) -> Bool {
        wasFound("credential_stuffing", source, .info, time) || wasFound("brute_force.ip", source, .high, time)
    }

    // MARK: - Stuffing

    private mutating func stuffing(_ record: Record) {
        let rule = configuration.credentialStuffing
        var isAlone = false
        for end in ends(record, { $0.counts && $0.source == record.source }) {
            let level = level(of: record, inNetwork: false, at: end)?.severity
            if let level { tell("credential_stuffing", record.source ?? "", level, end, rule.cooldown, [record.source ?? ""]) }
            if level != nil || isQuiet("credential_stuffing", record.source ?? "", .high, end, rule.cooldown) { isAlone = true }
        }
        guard !isAlone else { return }
        for end in ends(record, { $0.counts && $0.network == record.network }) {
            if let (level, attempts) = level(of: record, inNetwork: true, at: end) { networkStuffing(record, level, attempts, end) }
        }
    }

    /// Told when it is news, or within the cooldown by a member that was not named, where a quarter as many are new as were named, or 64.
    private mutating func networkStuffing(_ record: Record, _ level: Severity, _ attempts: [Record], _ end: Int64) {
        let (network, cooldown) = (record.network ?? "", configuration.credentialStuffing.cooldown)
        let near = findings.filter {
            $0.detector == "credential_stuffing" && $0.key == network && abs($0.time - end) < cooldown.microseconds
        }
        let named = near.reduce(into: Set<String>()) { $0.formUnion($1.addresses) }
        let members = members(attempts, end)
        if near.contains(where: { $0.severity >= level }) {
            let new = members.subtracting(named)
            guard !named.contains(record.source ?? ""), !new.isEmpty, new.count >= min(named.count / 4, 64) else { return }
        }
        guard !members.isEmpty else { return }
        findings.append(Finding(detector: "credential_stuffing", key: network, severity: level, time: end, addresses: members))
    }

    private func level(of record: Record, inNetwork: Bool, at end: Int64) -> (severity: Severity, attempts: [Record])? {
        let rule = configuration.credentialStuffing
        func holding(_ users: Int, _ attempts: Int, _ window: Duration) -> [Record]? {
            var seen = records.filter {
                ($0.counts || !$0.failed) && $0.time <= end && end - $0.time <= window.microseconds
                    && (inNetwork ? $0.network == record.network : $0.source == record.source)
            }
            // Of a user's successes at a source one counts, the latest.
            let won = seen.filter { !$0.failed }
            seen = seen.filter(\.failed)
            let pairs = Dictionary(grouping: won) { "\($0.account) \($0.source ?? "")" }
            seen += pairs.values.compactMap { $0.max { $0.time < $1.time } }
            if inNetwork {
                let each = Dictionary(grouping: seen, by: \.source).mapValues(\.count)
                seen = seen.filter { each[$0.source, default: 0] <= rule.attemptsPerMember }
            }
            let tries = Dictionary(grouping: seen, by: \.account).mapValues(\.count).values
            let successes = Set(seen.filter { !$0.failed }.map(\.account)).count
            let holds =
                seen.contains { $0.time == end } && seen.count >= attempts && tries.count >= users
                && Double(successes) <= rule.successShare * Double(seen.count)
                && Double(tries.count { $0 <= rule.triesPerUser }) >= rule.shareOfUsers * Double(tries.count)
            return holds ? seen : nil
        }
        if let attempts = holding(rule.users, rule.attempts, rule.window) { return (.high, attempts) }
        return holding(rule.weakUsers, rule.weakAttempts, rule.weakWindow).map { (.medium, $0) }
    }

    // MARK: - Successes

    private mutating func success(_ record: Record, isPasswordLike: Bool) {
        let (user, source) = (record.user ?? "", record.source ?? "")
        let hour = configuration.successAfterFailures.window
        func isOwn(_ other: Record) -> Bool { other.counts && other.exists && other.user == user && other.source == source }
        let tries = within(hour, record.time, isOwn).count
        let isTarget =
            tries >= configuration.successAfterFailures.tries
            && (wasFound("brute_force.distributed", user, .info, record.time) || wasFound("brute_force.user", user, .high, record.time))
        let stuffs = wasFound("credential_stuffing", source, .info, record.time)
        let others = crowded(record.time) { $0.counts && $0.source == source && !($0.exists && $0.user == user) }
        let isAmongStuffers = tries > 0 && level(of: record, inNetwork: true, at: record.time) != nil
        let isKnown = pairs.contains([user, source])
        if isKnown || (tries < configuration.bruteForce.ipFailures && !isTarget && !stuffs && !others && !isAmongStuffers) {
            pairs.insert([user, source])
            for index in records.indices where records[index].failed && records[index].exists {
                if records[index].user == user, records[index].source == source { records[index].forgiven = true }
            }
            return
        }
        guard isPasswordLike else { return }
        stuffingSuccess(record, tries)
        let attacks =
            wasClearlyAttacking(source, record.time)
            || tries >= configuration.successAfterFailures.tries && crowded(record.time) { $0.counts && $0.source == source }
        guard tries > 0, attacks || isTarget else { return }
        let isSpared = !attacks && isWorkplace(source, tries, [user], record.time)
        tell("success_after_failures", user, .critical, record.time, configuration.successAfterFailures.cooldown, isSpared ? [] : [source])
    }

    private mutating func stuffingSuccess(_ record: Record, _ tries: Int) {
        let cooldown = configuration.credentialStuffing.cooldown
        if level(of: record, inNetwork: false, at: record.time) != nil {
            tell("credential_stuffing", record.source ?? "", .critical, record.time, cooldown, [record.source ?? ""])
        } else if tries > 0, let (_, attempts) = level(of: record, inNetwork: true, at: record.time) {
            let (user, source, network) = (record.user ?? "", record.source ?? "", record.network ?? "")
            guard
                !wins.contains(where: {
                    $0.network == network && $0.user == user && abs($0.time - record.time) < cooldown.microseconds
                })
            else { return }
            wins.append((network, user, record.time))
            // Whoever got in is named however little he did, unless people work there.
            var named = members(attempts, record.time).subtracting([source])
            if !isWorkplace(source, tries, [user], record.time) { named.insert(source) }
            findings.append(
                Finding(detector: "credential_stuffing", key: network, severity: .critical, time: record.time, addresses: named))
        }
    }

    /// Whether the medium threshold was reached within the hour before.
    private func crowded(_ time: Int64, _ belongs: (Record) -> Bool) -> Bool {
        let rule = configuration.bruteForce
        let hour = configuration.successAfterFailures.window.microseconds
        return records.contains { last in
            belongs(last) && last.time <= time && time - last.time <= hour
                && within(rule.ipWindow, last.time, belongs).count >= rule.ipFailures
        }
    }

    // MARK: - Findings

    private func wasFound(_ detector: String, _ key: String, _ severity: Severity, _ time: Int64) -> Bool {
        findings.contains {
            $0.detector == detector && $0.key == key && $0.severity >= severity && $0.time <= time
                && time - $0.time <= configuration.successAfterFailures.window.microseconds
        }
    }

    private func isQuiet(_ detector: String, _ key: String, _ severity: Severity, _ time: Int64, _ cooldown: Duration) -> Bool {
        findings.contains {
            $0.detector == detector && $0.key == key && $0.severity >= severity && abs(time - $0.time) < cooldown.microseconds
        }
    }

    @discardableResult
    private mutating func tell(
        _ detector: String, _ key: String, _ severity: Severity, _ time: Int64, _ cooldown: Duration, _ addresses: Set<String>
    ) -> Bool {
        guard !isQuiet(detector, key, severity, time, cooldown) else { return false }
        findings.append(Finding(detector: detector, key: key, severity: severity, time: time, addresses: addresses))
        return true
    }
}
