internal import Logging
internal import Synchronization

extension OutboxService {
    /// How many deliveries through one channel are under way at the same time.
    static let width = 8

    /// Tries each of these once, a few at a time.
    func deliver(_ pass: OutboxPass) async throws {
        var waiting = pass.lines[...]
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let digest = pass.digest { group.addTask { try await self.deliver(digest, pass) } }
            for line in waiting.prefix(Self.width) { group.addTask { try await self.deliver(line, pass) } }
            waiting = waiting.dropFirst(Self.width)
            while try await group.next() != nil {
                if let line = waiting.popFirst() { group.addTask { try await self.deliver(line, pass) } }
            }
        }
    }

    /// What has come of deliveries before comes first: nothing is delivered over and over because the disk is full.
    func writeUnwritten() async throws {
        let items = state.withLock(\.unwritten)
        guard !items.isEmpty else { return }
        try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
        state.withLock { $0.unwritten.removeAll(where: items.contains) }
    }

    private func deliver(_ line: OutboxLine, _ pass: OutboxPass) async throws {
        try await withTurn(of: line, pass.channel) { _ in
            var line = line
            let now = clock.now()
            while let item = line.next(at: now), pass.turn != .open || !rest(of: pass.channel).isResting {
                guard let item = try await takeUp(item, line.severity) else { return }
                let after = try await attempt(item, line.severity, pass)
                line.tried(after)
                if after.state == .queued { return }
            }
        }
    }

    /// Tries one item, and writes down what came of it.
    private func attempt(_ item: OutboxItem, _ severity: Severity, _ pass: OutboxPass) async throws -> OutboxItem {
        let after: OutboxItem
        if let reason = try await reasonToDrop(item) {
            after = policy.dropped(item, because: reason, at: clock.now())
            report("dropped: \(reason)", after)
        } else {
            after = await delivered(item, severity, pass)
        }
        try await write([after])
        return after
    }

    private func delivered(_ item: OutboxItem, _ severity: Severity, _ pass: OutboxPass) async -> OutboxItem {
        do throws(DeliveryFailure) {
            let after = policy.delivered(item, try await deliver(item), at: clock.now())
            noteDelivery(pass)
            return after
        } catch {
            return noteFailure(error, [item], severity, pass)[0]
        }
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
