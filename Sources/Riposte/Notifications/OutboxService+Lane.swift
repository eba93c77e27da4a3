internal import Logging
internal import Synchronization

extension OutboxService {
    /// So many lines are read at a time, and delivered before the store is asked again: something more severe may have come.
    static let passLimit = 32
    /// No digest tells more at a time.
    static let digestLimit = 1000

    /// Delivers what is due through one channel until nothing is, the most severe first. Where the channel fails as a whole it is
    /// left alone for a while.
    ///
    /// - Parameter end: what is due later than that is left.
    func deliverDue(_ channel: ChannelName, queuedBy end: Timestamp = .distantFuture) async throws {
        while !Task.isCancelled {
            let now = min(clock.now(), end)
            if let pass = try await nextPass(channel, at: now) {
                try await deliver(pass)
            } else if try await !givesUp(channel, at: now) {
                return
            }
        }
    }

    func rest(of channel: ChannelName) -> LaneRest { state.withLock { $0.rests[channel] ?? LaneRest() } }

    /// What the channel is told next; `nil` where nothing is due, or the channel rests.
    private func nextPass(_ channel: ChannelName, at now: Timestamp) async throws -> OutboxPass? {
        guard let end = rest(of: channel).until else {
            let lines = try await lines(channel, .mostSevere, at: now)
            if !lines.isEmpty { return OutboxPass(channel: channel, turn: .open, lines: lines) }
            return try await digest(channel, at: now).map { OutboxPass(channel: channel, turn: .open, digest: $0) }
        }
        if let pass = try await criticalPass(channel, at: now) { return pass }
        // The one that is due longest, so that each has its turn and none that nobody takes stands before all others.
        guard now >= end, let line = try await lines(channel, .longestDue, at: now, limit: 1).first else { return nil }
        guard line.first?.isInDigest == true else { return OutboxPass(channel: channel, turn: .probe, lines: [line]) }
        return try await digest(channel, at: now).map { OutboxPass(channel: channel, turn: .probe, digest: $0) }
    }

    /// What is critical and may be tried although the channel rests, or others are under way.
    func criticalPass(_ channel: ChannelName, at now: Timestamp) async throws -> OutboxPass? {
        guard let line = try await lines(channel, .mostSevere, at: now, limit: 1).first, line.severity == .critical else { return nil }
        let turn = state.withLock { $0.rests[channel, default: LaneRest()].critical(at: now, every: policy.delay) }
        return turn.map { OutboxPass(channel: channel, turn: $0, lines: [line]) }
    }

    /// Those that nobody else is telling. What has come of deliveries is written before anything is read.
    private func lines(
        _ channel: ChannelName, _ order: OutboxQuery.Order, at time: Timestamp, limit: Int = passLimit
    ) async throws -> [OutboxLine] {
        try await writeUnwritten()
        let underWay = state.withLock { $0.underWay[channel] ?? [] }
        let most = limit + min(underWay.count, 2 * Self.width)
        let found = try await store.outboxLines(OutboxQuery(channel, order, at: time, limit: most))
        return Array(found.lazy.filter { !underWay.contains($0.first?.notification.incidentID ?? "") }.prefix(limit))
    }

    /// Does something with the first of a line, where that is still as it was when it was looked at, and nobody else does.
    func withTurn(of line: OutboxLine, _ channel: ChannelName, _ body: (OutboxItem) async throws -> Void) async throws {
        guard let first = line.first, begin([first.notification.incidentID], channel) else { return }
        defer { end([first.notification.incidentID], channel) }
        guard try await store.outboxItem(first.id) == first else { return }
        try await body(first)
    }

    /// Whether nobody else is telling the channel of any of these incidents, nor has and could not write it down; then nobody will be.
    func begin(_ incidents: Set<String>, _ channel: ChannelName) -> Bool {
        state.withLock { state in
            let isKept = state.unwritten.contains { $0.channel == channel && incidents.contains($0.notification.incidentID) }
            guard !isKept, state.underWay[channel, default: []].isDisjoint(with: incidents) else { return false }
            state.underWay[channel, default: []].formUnion(incidents)
            return true
        }
    }

    func end(_ incidents: Set<String>, _ channel: ChannelName) {
        state.withLock { $0.underWay[channel, default: []].subtract(incidents) }
    }

    private func digest(_ channel: ChannelName, at now: Timestamp) async throws -> OutboxDigest? {
        OutboxDigest(first: try await lines(channel, .inDigest, at: now, limit: Self.digestLimit))
    }

    /// Gives up what has waited too long while the channel rests: it would be tried too late. Whether there was any.
    private func givesUp(_ channel: ChannelName, at now: Timestamp) async throws -> Bool {
        let rest = rest(of: channel)
        guard rest.isResting else { return false }
        let lines = try await lines(channel, .oldest, at: now - policy.giveUpAfter)
        for line in lines {
            try await withTurn(of: line, channel) { item in
                let after = policy.givenUp(item, rest, at: now)
                state.withLock { $0.health[channel, default: ChannelHealth(channel)].gaveUp() }
                report("given up: \(after.lastError ?? "")", after)
                try await write([after])
            }
        }
        return !lines.isEmpty
    }

    // MARK: - What came of it

    func noteDelivery(_ pass: OutboxPass) {
        note(pass.channel) { rest, health in
            rest.delivered(pass.turn)
            health.delivered(at: clock.now())
        }
    }

    /// The items after they were tried, alone or together.
    func noteFailure(_ failure: DeliveryFailure, _ items: [OutboxItem], _ severity: Severity, _ pass: OutboxPass) -> [OutboxItem] {
        let now = clock.now()
        let after = note(pass.channel) { rest, health in
            let end = items.first.flatMap { rest.failed(failure, $0, pass.turn, policy, at: now) }
            let after = items.map { item in
                guard let end else { return policy.failed(item, failure, at: now) }
                return policy.failed(item, failure, restingUntil: end, isCritical: severity == .critical, at: now)
            }
            health.failed("\(failure)", isGivenUp: after.contains { $0.state == .failed }, at: now)
            return after
        }
        if let first = after.first { report("failed: \(failure)", first) }
        return after
    }

    private func note<Value>(_ channel: ChannelName, _ change: (inout LaneRest, inout ChannelHealth) -> Value) -> Value {
        state.withLock { state in
            let value = change(&state.rests[channel, default: LaneRest()], &state.health[channel, default: ChannelHealth(channel)])
            state.health[channel]?.restsUntil = state.rests[channel]?.until
            return value
        }
    }
}
