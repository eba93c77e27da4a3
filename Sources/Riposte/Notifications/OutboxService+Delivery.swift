internal import Logging
internal import Synchronization

extension OutboxService {
    /// How many deliveries through one channel are under way at the same time.
    static let width = 8
    /// After so many, or more where looking takes long, the store is asked again what is due: something more severe may
    /// have come.
    private static let passLimit = 32
    private static let longestPass = Duration.seconds(5)

    /// Delivers everything that is due through one channel, the most severe first.
    ///
    /// - Parameter channel: `nil` = what is queued for channels that are not configured.
    /// - Returns: for how long it need not be asked again what is due: looking takes a small part of the time, however much waits.
    @discardableResult
    func deliverDue(_ channel: ChannelName?) async throws -> Duration {
        while true {
            var due = Due()
            let looking = try await timeoutClock.measure { due = self.due(in: try await open(), through: channel) }
            let worthIt = min(looking * (4 * lanes.count), Self.longestPass)
            var spent = Duration.zero
            while !due.isEmpty, !Task.isCancelled {
                spent += try await timeoutClock.measure { try await deliver(due.take(Self.passLimit)) }
                if spent >= worthIt { break }
            }
            if due.isEmpty || Task.isCancelled { return worthIt }
        }
    }

    /// Everything that is neither delivered nor given up.
    func open() async throws -> [OutboxItem] {
        try await writeUnwritten()
        return try await store.openOutboxItems()
    }

    /// What one channel can be told now.
    struct Due {
        var digests: [OutboxDigest] = []
        var lines: ArraySlice<OutboxLine> = []

        var isEmpty: Bool { digests.isEmpty && lines.isEmpty }

        /// Takes the digests and so many lines.
        mutating func take(_ limit: Int) -> Due {
            let taken = Due(digests: digests, lines: lines.prefix(limit))
            self = Due(lines: lines.dropFirst(limit))
            return taken
        }
    }

    /// Of these, what can be tried now through one channel. What is told together is not told by itself.
    func due(in open: [OutboxItem], through channel: ChannelName?) -> Due {
        let own = open.filter { channel == nil ? channels[$0.channel] == nil : $0.channel == channel }
        let digests = OutboxDigest.due(own, at: clock.now())
        let together = digests.reduce(into: Set<String>()) { $0.formUnion($1.incidents) }
        let alone = together.isEmpty ? own : own.filter { !together.contains($0.notification.incidentID) }
        return Due(digests: digests, lines: OutboxLine.due(alone, at: clock.now())[...])
    }

    /// Tries each of these once, a few at a time.
    func deliver(_ due: Due) async throws {
        var waiting = due.lines
        try await withThrowingTaskGroup(of: Void.self) { group in
            for digest in due.digests { group.addTask { try await self.deliver(digest) } }
            for line in waiting.prefix(Self.width) { group.addTask { try await self.deliver(line) } }
            waiting = waiting.dropFirst(Self.width)
            while try await group.next() != nil {
                if let line = waiting.popFirst() { group.addTask { try await self.deliver(line) } }
            }
        }
    }

    /// What has come of deliveries before comes first: nothing is delivered over and over because the disk is full.
    private func writeUnwritten() async throws {
        let items = state.withLock(\.unwritten)
        guard !items.isEmpty else { return }
        try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
        state.withLock { $0.unwritten.removeAll(where: items.contains) }
    }

    private func deliver(_ line: OutboxLine) async throws {
        var line = line
        let now = clock.now()
        while let item = line.next(at: now) {
            guard let item = try await takeUp(item, line.severity) else { return }
            let after = try await attempt(item)
            line.tried(after)
            if after.state == .queued { return }
        }
    }

    /// Tries one item, and writes down what came of it.
    private func attempt(_ item: OutboxItem) async throws -> OutboxItem {
        let after: OutboxItem
        if let reason = try await reasonToDrop(item) {
            after = policy.dropped(item, because: reason, at: clock.now())
            report("dropped: \(reason)", after)
        } else {
            after = await delivered(item)
        }
        try await write([after])
        return after
    }

    private func delivered(_ item: OutboxItem) async -> OutboxItem {
        do throws(DeliveryFailure) {
            let after = policy.delivered(item, try await deliver(item), at: clock.now())
            note(item.channel) { $0.delivered(at: clock.now()) }
            return after
        } catch {
            let after = policy.failed(item, error, at: clock.now())
            note(item.channel) { $0.failed("\(error)", isGivenUp: after.state == .failed, at: clock.now()) }
            report("failed: \(error)", after)
            return after
        }
    }

    func note(_ channel: ChannelName, _ change: (inout ChannelHealth) -> Void) {
        state.withLock { change(&$0.health[channel, default: ChannelHealth(channel)]) }
    }

    func report(_ what: String, _ item: OutboxItem) {
        logger.log(
            level: item.state == .failed ? .error : .notice, "notification through \(item.channel) \(what)",
            metadata: [
                "incident": "\(item.notification.incidentID)", "kind": "\(item.notification.kind)", "given_up": "\(item.state == .failed)",
            ])
    }

    /// The item as it is to be delivered now; `nil` where quiet hours hold it back, or where it was dropped since it was looked
    /// at. While that is decided nobody queues anything of its incident, which may let go or drop what waits. Questions are
    /// held by no quiet hours: their time runs out.
    func takeUp(_ item: OutboxItem, _ severity: Severity) async throws -> OutboxItem? {
        let quietEnd = item.notification.isQuestion ? nil : rules[item.channel].quietEnd(for: severity, at: clock.now())
        guard item.isHeld || quietEnd != nil else { return item }
        return try await gate.withLock(IncidentID(item.notification.incidentID)) {
            guard var present = try await store.outboxItem(item.id), present.state == .queued else { return nil }
            if let quietEnd {
                present.hold(present.hold?.reason ?? .quietHours, until: quietEnd)
            } else if present.isHeld {
                present.hold?.isOver = true
            } else {
                return present
            }
            try await write([present])
            return quietEnd == nil ? present : nil
        }
    }

    /// People who were never told of an incident are not told what has become of it. Those who are called where nobody takes
    /// an incident up are not called where somebody has.
    func reasonToDrop(_ item: OutboxItem) async throws -> String? {
        if item.hold?.reason == .unacknowledged, let incident = try await store.incident(IncidentID(item.notification.incidentID)) {
            if let taken = incident.acknowledgement { return "acknowledged by \(taken.actor)" }
            if incident.status.isOver { return "the incident is \(incident.status.rawValue)" }
        }
        guard !item.notification.kind.isCall else { return nil }
        let told = try await store.outboxItems(of: IncidentID(item.notification.incidentID))
        let before = ToldAlready(told.filter { $0.position < item.position }, through: item.channel)
        return before.hasReachedSomebody ? nil : "nobody was told of the incident through this channel"
    }

    private func deliver(_ item: OutboxItem) async throws(DeliveryFailure) -> DeliveryReceipt {
        try await deliver(item.notification, through: item.channel, settled: item.settled ?? [])
    }

    func deliver(
        _ notification: Notification, through name: ChannelName, settled: [SettledRecipient]
    ) async throws(DeliveryFailure) -> DeliveryReceipt {
        guard let channel = channels[name] else {
            throw DeliveryFailure(.transient, "the channel “\(name)” is not configured")
        }
        let ending = await TimeLimit.run(deliveryTimeout, on: timeoutClock) {
            do throws(DeliveryFailure) {
                return Result<DeliveryReceipt, DeliveryFailure>.success(
                    try await channel.deliver(notification, settled: settled))
            } catch {
                return .failure(error)
            }
        }
        guard case .finished(let result) = ending else {
            throw DeliveryFailure(.unknown, "gave no answer within \(DurationText.format(deliveryTimeout))")
        }
        return try result.get()
    }

    /// Where that fails it is kept, and written before anything else is delivered. After a crash meanwhile it is delivered
    /// again, with the same id.
    func write(_ items: [OutboxItem]) async throws {
        guard !items.isEmpty else { return }
        do { try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem))) } catch {
            state.withLock { $0.unwritten += items }
            throw error
        }
    }
}
