import RiposteTesting

@testable import Riposte

/// An outbox with channels that keep what they are told, and incidents to tell of. A second one on the same store stands for the
/// program after a restart.
struct Post {
    let store: InMemoryStore
    let clock: ManualClock
    let channels: [RecordingChannel]
    let outbox: OutboxService

    init(
        _ rules: NotificationRules, _ names: [ChannelName] = ["slack"], store: InMemoryStore = InMemoryStore(),
        clock: ManualClock = ManualClock(), follows: Set<Notification.Kind> = [.acknowledged, .resolved]
    ) {
        (self.store, self.clock) = (store, clock)
        channels = names.map { RecordingChannel($0, follows: follows) }
        outbox = OutboxService(store: store, channels: channels, rules: rules, clock: clock, logger: Bench.quiet)
    }

    /// Tells of an incident, which is made where it is not there.
    @discardableResult
    func tell(_ number: Int, _ severity: Severity = .high, through channel: ChannelName = "slack") async throws -> OutboxService.Enqueued {
        let id = IncidentID("inc-\(number)")
        if try await store.incident(id) == nil {
            let incident = Incident(
                id: id, title: "attack \(number)", severity: severity, targets: TargetSet(), openedAt: clock.now(),
                firstEventAt: clock.now(),
                lastEventAt: clock.now())
            try await store.commit(WriteBatch([.putIncident(incident)]))
        }
        let notification = Notification(
            id: "ntf-\(number)-\(channel)-\(severity)", incidentID: id.rawValue, severity: severity, title: "attack \(number)",
            body: "It is one.",
            createdAt: clock.now(), deduplicationKey: id.rawValue)
        return try await outbox.enqueue(notification, to: channel)
    }

    /// Somebody acknowledges an incident, or says that it is over.
    func move(_ number: Int, _ kind: Notification.Kind, told isTold: Bool = true) async throws {
        guard var incident = try await store.incident(IncidentID("inc-\(number)")) else { return }
        if kind == .acknowledged {
            incident.acknowledge(at: clock.now(), actor: "ann", note: "")
        } else {
            incident.move(to: .resolved, at: clock.now(), actor: "ann", note: "")
        }
        let after = incident
        guard isTold else { return try await store.commit(WriteBatch([.putIncident(after)])) }
        let notification = Notification(kind, of: after, actor: "ann", note: "", inForce: [], at: clock.now())
        try await outbox.following(notification) { items in
            try await store.commit(WriteBatch([.putIncident(after)] + items.map(StoreOperation.putOutboxItem)))
        }
    }

    /// Looks every minute until then, as the running outbox does.
    func deliver(until end: Timestamp) async throws {
        try await outbox.deliverDue()
        while clock.now() < end {
            clock.advance(to: min(clock.now() + .minutes(1), end))
            try await outbox.deliverDue()
        }
    }

    func deliver(for duration: Duration) async throws { try await deliver(until: clock.now() + duration) }

    /// `attack 1`, a title for each notification that was delivered.
    func told(_ channel: ChannelName = "slack") -> [String] { delivered(channel).map(\.title) }

    func delivered(_ channel: ChannelName = "slack") -> [Notification] { channels.first { $0.name == channel }?.delivered ?? [] }

    /// `delivered`, in the order in which they were queued.
    func states(_ number: Int, _ channel: ChannelName = "slack") async throws -> [String] {
        try await store.outboxItems(of: IncidentID("inc-\(number)")).filter { $0.channel == channel }.map(\.state.rawValue)
    }
}
