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
    /// Deciding whether people were told already and queueing it is two steps, so one at a time for an incident and channel.
    private let gate = KeyedGate<String>()
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

    /// Queues a notification for one channel, unless people were told of its incident there at this severity or a higher
    /// one. On disk when it returns. Tells whether it was queued now.
    public func enqueue(_ notification: Notification, to channel: ChannelName) async throws -> Bool {
        try await gate.withLock("\(notification.incidentID)/\(channel)") {
            let told = try await store.outboxItems(of: IncidentID(notification.incidentID))
            guard !told.contains(where: { $0.channel == channel && $0.notification.severity >= notification.severity }) else {
                return false
            }
            try await store.commit(
                WriteBatch([.putOutboxItem(OutboxItem(notification: notification, channel: channel, nextAttemptAt: clock.now()))]))
            return true
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

    /// Delivers what is due now, each item once, all channels side by side.
    public func deliverDue() async throws {
        try await writeUnwritten()
        let now = clock.now()
        let due = try await store.openOutboxItems().filter { $0.nextAttemptAt <= now }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for items in Dictionary(grouping: due, by: \.channel).values {
                group.addTask { for item in items { try await self.deliver(item) } }
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

    private func deliver(_ item: OutboxItem) async throws {
        guard let channel = channels[item.channel] else {
            return try await write(failed(item, DeliveryFailure(.transient, "the channel “\(item.channel)” is not configured")))
        }
        let after: OutboxItem
        do throws(DeliveryFailure) {
            after = policy.delivered(item, try await deliver(item.notification, through: channel), at: clock.now())
            note(item.channel) { $0.delivered(at: clock.now()) }
        } catch {
            after = failed(item, error)
        }
        try await write(after)
    }

    private func failed(_ item: OutboxItem, _ failure: DeliveryFailure) -> OutboxItem {
        let after = policy.failed(item, failure, at: clock.now())
        note(item.channel) { $0.failed("\(failure)", isGivenUp: after.state == .failed, at: clock.now()) }
        logger.log(
            level: after.state == .failed ? .error : .notice, "notification through \(item.channel) failed: \(failure)",
            metadata: ["incident": "\(item.notification.incidentID)", "given_up": "\(after.state == .failed)"])
        return after
    }

    private func note(_ channel: ChannelName, _ change: (inout ChannelHealth) -> Void) {
        state.withLock { change(&$0.health[channel, default: ChannelHealth(channel)]) }
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
