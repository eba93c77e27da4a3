public import Logging
internal import Synchronization

/// Queues notifications durably and delivers them. Queued and delivered by the same value: `NotifyAdmin` holds it, and the
/// responder runs it.
///
/// Each channel is delivered to by itself, a few at a time, the most severe first: one that is slow or hangs holds no other
/// up, and a flood does not stand before what matters. One that fails as a whole rests, longer each time, and is tried with one
/// notification after that; what is critical is tried each second meanwhile, by ``OutboxPolicy/delay``.
public final class OutboxService: Sendable {
    let store: any IncidentStore
    let channels: [ChannelName: any NotificationChannel]
    let policy: OutboxPolicy
    let rules: NotificationRules
    let clock: any WallClock
    let deliveryTimeout: Duration
    let timeoutClock: any Clock<Duration>
    let logger: Logger
    /// Deciding whether people were told already and queueing it is two steps, so one at a time for an incident.
    let gate = KeyedGate<IncidentID>()
    let state: Mutex<State>

    struct State {
        var health: [ChannelName: ChannelHealth]
        var rests: [ChannelName: LaneRest] = [:]
        /// The incidents that a channel is being told of.
        var underWay: [ChannelName: Set<String>] = [:]
        /// What has come of deliveries, where it could not be written.
        var unwritten: [OutboxItem] = []
    }

    /// - Parameters:
    ///   - channels: two with one name: the last counts.
    ///   - rules: where notifications go where nobody says it, and when.
    ///   - deliveryTimeout: how long one delivery may take before it is given up and tried again later.
    public init(
        store: any IncidentStore, channels: [any NotificationChannel], rules: NotificationRules = NotificationRules(),
        policy: OutboxPolicy = OutboxPolicy(),
        clock: any WallClock = SystemClock(), deliveryTimeout: Duration = .seconds(60),
        timeoutClock: any Clock<Duration> = ContinuousClock(), logger: Logger = Logger(label: "riposte.outbox")
    ) {
        self.store = store
        self.channels = Dictionary(channels.map { ($0.name, $0) }) { _, last in last }
        state = Mutex(State(health: self.channels.keys.reduce(into: [:]) { $0[$1] = ChannelHealth($1) }))
        self.policy = policy
        self.rules = rules
        self.clock = clock
        self.deliveryTimeout = deliveryTimeout
        self.timeoutClock = timeoutClock
        self.logger = logger.plain
    }

    /// The channels there are, by name.
    public var channelNames: [ChannelName] { channels.keys.sorted() }

    /// How each channel fares, by name.
    public var health: [ChannelHealth] { state.withLock { $0.health.values.sorted { $0.name < $1.name } } }

    /// What came of queueing a notification.
    public enum Enqueued: Sendable, Hashable {
        /// It is on disk, and is delivered when it is due.
        case queued
        /// People were told of its incident there at this severity or a higher one.
        case toldAlready
        /// The incident is resolved or closed; nobody is called for it any more.
        case incidentIsOver
        /// The channel is not told of what is so little severe.
        case belowSeverity
    }

    /// The channels that are told of something this severe where a step names none.
    public func channels(for severity: Severity, playbook: PlaybookSlug?) -> [ChannelName] {
        rules.route(severity, playbook: playbook, among: channelNames)
    }

    /// Queues a notification that calls people, for one channel. On disk when it returns. The outbox decides whether it is
    /// ``Notification/Kind/opened`` or ``Notification/Kind/escalated``.
    public func enqueue(_ notification: Notification, to channel: ChannelName) async throws -> Enqueued {
        let id = IncidentID(notification.incidentID)
        return try await gate.withLock(id) {
            guard try await store.incident(id)?.status.isOver != true else { return .incidentIsOver }
            guard notification.severity >= rules[channel].minimumSeverity else { return .belowSeverity }
            let plan = NotificationPlan(rules: rules, told: try await store.outboxItems(of: id), now: clock.now())
            guard let items = plan.items(calling: notification, channel) else { return .toldAlready }
            try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
            return .queued
        }
    }

    /// Hands `write` the items that tell what has become of an incident, for exactly the channels that were told of it and
    /// that follow this kind. Nobody queues anything of the incident meanwhile.
    package func following(_ notification: Notification, _ write: ([OutboxItem]) async throws -> Void) async throws {
        let id = IncidentID(notification.incidentID)
        try await gate.withLock(id) {
            let plan = NotificationPlan(rules: rules, told: try await store.outboxItems(of: id), now: clock.now())
            try await write(
                channels.values.sorted { $0.name < $1.name }.flatMap { channel in
                    let follows = notification.kind == .ineffective || channel.follows.contains(notification.kind)
                    return plan.items(following: notification, channel.name, follows: follows)
                })
        }
    }

    /// Delivers what is due, until the task is cancelled.
    public func deliverAsDue() async {
        await withDiscardingTaskGroup { group in
            for channel in channelNames {
                group.addTask { await self.repeatedly { try await self.deliverDue(channel) } }
                group.addTask { await self.deliverCriticalAsDue(channel) }
            }
            group.addTask { await self.repeatedly { try await self.deliverElsewhere() } }
        }
    }

    private static let pause = Duration.milliseconds(250)

    /// What is critical waits for nothing that hangs, nor for the end of a rest. Where the store fails the channel's other loop
    /// says so.
    private func deliverCriticalAsDue(_ channel: ChannelName) async {
        await withDiscardingTaskGroup { group in
            while (try? await clock.sleep(until: clock.now() + Self.pause)) != nil {
                guard let pass = try? await criticalPass(channel, at: clock.now()) else { continue }
                group.addTask { try? await self.deliver(pass) }
            }
        }
    }

    private func repeatedly(_ deliver: () async throws -> Void) async {
        var complaint = Complaint()
        while !Task.isCancelled {
            do { try await deliver() } catch is CancellationError where Task.isCancelled { return } catch {
                if complaint.isNews("\(error)", at: clock.now()) { logger.error("the outbox could not be read or written: \(error)") }
            }
            do { try await clock.sleep(until: clock.now() + Self.pause) } catch { return }
        }
    }

    /// Delivers what is due now, all channels side by side. What is told of one incident keeps its order; a channel that fails is
    /// left alone.
    public func deliverDue() async throws {
        let now = clock.now()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for channel in channelNames { group.addTask { try await self.deliverDue(channel, queuedBy: now) } }
            group.addTask { try await self.deliverElsewhere(queuedBy: now) }
            try await group.waitForAll()
        }
    }

    /// What is queued for channels that are not configured: it fails until they are.
    private func deliverElsewhere(queuedBy end: Timestamp = .distantFuture) async throws {
        for channel in try await store.outboxChannels() where channels[channel] == nil {
            try await deliverDue(channel, queuedBy: end)
        }
    }
}
