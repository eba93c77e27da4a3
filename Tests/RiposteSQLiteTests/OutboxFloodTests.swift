import Foundation
import Logging
import Riposte
import RiposteSQLite
import RiposteTesting
import Testing

/// Ten thousand notifications that wait while their channel is down.
@Suite(.serialized) struct `ten thousand notifications` {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let channel = RecordingChannel("slack")

    init() throws { folder = try TemporaryFolder() }

    enum Kind: CaseIterable { case memory, file }

    /// For each incident that it began and that it is over; one of them is critical.
    private let items: [OutboxItem] = (0..<5000).flatMap { number in
        [Notification.Kind.opened, .resolved].enumerated().map { position, kind in
            let incident = "inc-\(number)"
            let notification = Riposte.Notification(
                id: "ntf-\(number)-\(kind)", kind: kind, incidentID: incident, severity: number == 2500 ? .critical : .low,
                title: "attack \(number)", body: "", createdAt: ManualClock.defaultStart, deduplicationKey: incident)
            return OutboxItem(
                notification: notification, channel: "slack", position: position, nextAttemptAt: ManualClock.defaultStart)
        }
    }

    private func outbox(_ store: any IncidentStore) -> OutboxService {
        OutboxService(store: store, channels: [channel], clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Looks every second in the first minute, then every ten.
    private func run(_ outbox: OutboxService, for duration: Duration) async throws {
        let (start, end) = (clock.now(), clock.now() + duration)
        while clock.now() < end {
            clock.advance(by: clock.now() - start < .minutes(1) ? .seconds(1) : .seconds(10))
            try await outbox.deliverDue()
        }
    }

    @Test(arguments: Kind.allCases)
    func `ask a dead channel a few times an hour, and are all told when it is back, also over a restart`(_ kind: Kind) async throws {
        var store: any IncidentStore = kind == .memory ? InMemoryStore() : try await folder.openStore()
        try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
        channel.failing(DeliveryFailure(.transient, "connection refused"))
        try await run(outbox(store), for: .hours(1))
        #expect(channel.attempts <= 100)
        let before = channel.attempts
        if kind == .file { store = try await folder.openStore() }
        let next = outbox(store)
        try await run(next, for: .hours(1))
        #expect(channel.attempts - before <= 100)
        channel.failing(nil)
        try await run(next, for: .minutes(5))

        let told = channel.delivered
        #expect(told.count == items.count && Set(told.map(\.id)).count == items.count)
        #expect(told.prefix(2).map(\.severity) == [.critical, .critical])
        let kinds = Dictionary(grouping: told, by: \.incidentID).values.map { $0.map(\.kind) }
        #expect(kinds.allSatisfy { $0 == [.opened, .resolved] })
        #expect(try await store.openOutboxItems().isEmpty)
        #expect(try await store.outboxChannels().isEmpty)
    }
}
