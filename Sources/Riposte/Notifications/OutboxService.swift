public import Logging
internal import Synchronization

/// Queues notifications durably and delivers them. Queued and delivered by the same value: `NotifyAdmin` holds it, and the
/// responder runs it.
public final class OutboxService: Sendable {
    private let store: any IncidentStore
    private let channels: [ChannelName: any NotificationChannel]
    private let policy: OutboxPolicy
    private let clock: any WallClock
    private let deliveryTimeout: Duration
    private let timeoutClock: any Clock<Duration>
    private let logger: Logger
    /// Deciding whether people were told already and queueing it is two steps, so one at a time for an incident.
    private let gate = KeyedGate<IncidentID>()
    private let state: Mutex<State>

    private struct State {
        var health: [ChannelName: ChannelHealth]
        /// What has come of deliveries, where it could not be written.
        var unwritten: [OutboxItem] = []
    }

    /// - Parameters:
    ///   - channels: two with one name: the last counts.
    ///   - deliveryTimeout: how long one delivery may take before it is given up and tried again later.
    public init(
        store: any IncidentStore, channels: [any NotificationChannel], policy: OutboxPolicy = OutboxPolicy(),
        clock: any WallClock = SystemClock(), deliveryTimeout: Duration = .seconds(60),
        timeoutClock: any Clock<Duration> = ContinuousClock(), logger: Logger = Logger(label: "riposte.outbox")
    ) {
        self.store = store
        self.channels = Dictionary(channels.map { ($0.name, $0) }) { _, last in last }
        state = Mutex(State(health: self.channels.keys.reduce(into: [:]) { $0[$1] = ChannelHealth($1) }))
        self.policy = policy
        self.clock = clock
        self.deliveryTimeout = deliveryTimeout
        self.timeoutClock = timeoutClock
        self.logger = logger
    }

    public var channelNames: [ChannelName] { channels.keys.sorted() }

    /// How each channel fares, by name.
    public var health: [ChannelHealth] { state.withLock { $0.health.values.sorted { $0.name < $1.name } } }

    /// What came of queueing a notification.
    public enum Enqueued: Sendable, Hashable {
        case queued
        /// People were told of its incident there at this severity or a higher one.
        case toldAlready
        case incidentIsOver
    }

    /// Queues a notification that calls people, for one channel. On disk when it returns. The outbox decides whether it is
    /// ``Notification/Kind/opened`` or ``Notification/Kind/escalated``.
    public func enqueue(_ notification: Notification, to channel: ChannelName) async throws -> Enqueued {
        let id = IncidentID(notification.incidentID)
        return try await gate.withLock(id) {
            guard try await store.incident(id)?.status.isOver != true else { return .incidentIsOver }
            let told = ToldAlready(try await store.outboxItems(of: id), through: channel)
            guard let item = told.item(calling: notification, channel, at: clock.now()) else { return .toldAlready }
            try await store.commit(WriteBatch([.putOutboxItem(item)]))
            return .queued
        }
    }

    /// Hands `write` the items that tell what has become of an incident, for exactly the channels that were told of it and
    /// that follow this kind. Nobody queues anything of the incident meanwhile.
    package func following(_ notification: Notification, _ write: ([OutboxItem]) async throws -> Void) async throws {
        let id = IncidentID(notification.incidentID)
        try await gate.withLock(id) {
            let told = try await store.outboxItems(of: id)
            let now = clock.now()
            try await write(
                channels.values.filter { $0.follows.contains(notification.kind) }.map(\.name).sorted().compactMap { channel in
                    ToldAlready(told, through: channel).item(following: notification, channel, at: now)
                })
        }
    }

    /// Delivers what is due, until the task is cancelled.
    public func deliverAsDue() async {
        var complaint = Complaint()
        while !Task.isCancelled {
            do { try await deliverDue() } catch {
                if complaint.isNews("\(error)", at: clock.now()) { logger.error("the outbox could not be read or written: \(error)") }
            }
            do { try await clock.sleep(until: clock.now() + .milliseconds(250)) } catch { return }
        }
    }

    /// Delivers what is due now, each item once, all channels side by side. What is told of one incident keeps its order.
    public func deliverDue() async throws {
        try await writeUnwritten()
        let lines = OutboxLine.lines(of: try await store.openOutboxItems())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lines in lines.values {
                group.addTask { for line in lines { try await self.deliver(line) } }
            }
            try await group.waitForAll()
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
            let receipt = try await deliver(item)
            note(item.channel) { $0.delivered(at: clock.now()) }
            return policy.delivered(item, receipt, at: clock.now())
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
        return try await deliver(item.notification, through: channel)
    }

    private func deliver(
        _ notification: Notification, through channel: any NotificationChannel
    ) async throws(DeliveryFailure) -> DeliveryReceipt {
        let ending = await TimeLimit.run(deliveryTimeout, on: timeoutClock) {
            do throws(DeliveryFailure) {
                return Result<DeliveryReceipt, DeliveryFailure>.success(try await channel.deliver(notification))
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
