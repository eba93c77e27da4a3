internal import Logging
internal import Synchronization

extension OutboxService {
    /// How many deliveries through one channel are under way at the same time.
    static let width = 8
    /// After so many, or more where looking takes long, the store is asked again what is due: something more severe may
    /// have come.
    private static let passLimit = 32

    /// Delivers everything that is due through one channel, the most severe first.
    ///
    /// - Parameter channel: `nil` = what is queued for channels that are not configured.
    /// - Returns: for how long it need not be asked again what is due: looking takes a small part of the time, however much waits.
    @discardableResult
    func deliverDue(_ channel: ChannelName?) async throws -> Duration {
        while true {
            var due: ArraySlice<OutboxLine> = []
            let looking = try await timeoutClock.measure { due = self.due(in: try await open(), through: channel)[...] }
            let worthIt = looking * (4 * lanes.count)
            var spent = Duration.zero
            while !due.isEmpty, !Task.isCancelled {
                spent += try await timeoutClock.measure { try await deliver(due.prefix(Self.passLimit)) }
                due = due.dropFirst(Self.passLimit)
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

    /// One channel's lines among these of which something can be tried now.
    func due(in open: [OutboxItem], through channel: ChannelName?) -> [OutboxLine] {
        let own = open.filter { channel == nil ? channels[$0.channel] == nil : $0.channel == channel }
        return OutboxLine.due(own, at: clock.now())
    }

    /// Tries each of these once, a few at a time.
    func deliver(_ lines: ArraySlice<OutboxLine>) async throws {
        var waiting = lines
        try await withThrowingTaskGroup(of: Void.self) { group in
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
        try await write(after)
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

    private func note(_ channel: ChannelName, _ change: (inout ChannelHealth) -> Void) {
        state.withLock { change(&$0.health[channel, default: ChannelHealth(channel)]) }
    }

    private func report(_ what: String, _ item: OutboxItem) {
        logger.log(
            level: item.state == .failed ? .error : .notice, "notification through \(item.channel) \(what)",
            metadata: [
                "incident": "\(item.notification.incidentID)", "kind": "\(item.notification.kind)", "given_up": "\(item.state == .failed)",
            ])
    }

    /// People who were never told of an incident are not told what has become of it.
    private func reasonToDrop(_ item: OutboxItem) async throws -> String? {
        guard !item.notification.kind.isCall else { return nil }
        let told = try await store.outboxItems(of: IncidentID(item.notification.incidentID))
        let before = ToldAlready(told.filter { $0.position < item.position }, through: item.channel)
        return before.hasReachedSomebody ? nil : "nobody was told of the incident through this channel"
    }

    private func deliver(_ item: OutboxItem) async throws(DeliveryFailure) -> DeliveryReceipt {
        guard let channel = channels[item.channel] else {
            throw DeliveryFailure(.transient, "the channel “\(item.channel)” is not configured")
        }
        let ending = await TimeLimit.run(deliveryTimeout, on: timeoutClock) {
            do throws(DeliveryFailure) {
                return Result<DeliveryReceipt, DeliveryFailure>.success(try await channel.deliver(item.notification))
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
    private func write(_ item: OutboxItem) async throws {
        do { try await store.commit(WriteBatch([.putOutboxItem(item)])) } catch {
            state.withLock { $0.unwritten.append(item) }
            throw error
        }
    }
}
