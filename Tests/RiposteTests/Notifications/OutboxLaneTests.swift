import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `each channel` {
    private func item(_ number: Int, _ severity: Severity, _ channel: ChannelName) -> OutboxItem {
        let incident = "inc-\(number)"
        return OutboxItem(
            notification: Notification(
                id: "\(channel)-\(number)", incidentID: incident, severity: severity, title: "attack \(number)", body: "", createdAt: noon,
                deduplicationKey: incident),
            channel: channel, nextAttemptAt: noon)
    }

    @Test func `is delivered to by itself, whatever hangs beside it`() async throws {
        let (store, quick, release) = (InMemoryStore(), RecordingChannel("quick"), Signal())
        let outbox = OutboxService(
            store: store, channels: [quick, HangingChannel(release: release)], clock: ManualClock(), logger: Bench.quiet)
        try await store.commit(WriteBatch([.putOutboxItem(item(1, .high, "slow")), .putOutboxItem(item(2, .high, "quick"))]))
        let service = Task { await outbox.deliverAsDue() }
        try await eventually { !quick.delivered.isEmpty }
        #expect(quick.delivered.map(\.title) == ["attack 2"])
        #expect(!release.isSet)
        service.cancel()
        release.set()
        await service.value
    }

    @Test(arguments: [(500, 4), (1000, 5), (60_000, 5)])
    func `is looked through again only when that takes a small part of the time, however much waits`(
        look: Int, rest: Int
    ) async throws {
        let (store, quick) = (FaultyStore(InMemoryStore()), RecordingChannel("quick"))
        let looks = { @Sendable in store.log.count { $0.hasPrefix("openOutboxItems") } }
        // 32 deliveries take 3.2 s: after 64 it is time to look again.
        let clock = CountingClock { .milliseconds(look) * looks() + .milliseconds(100) * quick.delivered.count }
        let outbox = OutboxService(store: store, channels: [quick], clock: ManualClock(), timeoutClock: clock, logger: Bench.quiet)
        try await store.commit(WriteBatch((1...960).map { .putOutboxItem(item($0, .high, "quick")) }))
        #expect(try await outbox.deliverDue("quick") == .seconds(rest))
        #expect(quick.delivered.count == 960)
        #expect(looks() == 15)
    }

    @Test func `is told of the most severe first`() async throws {
        let items = (1...100).map { item($0, $0 == 77 ? .critical : .low, "quick") }
        let due = OutboxLine.due(items, at: noon)
        #expect(due.count == 100)
        #expect(due.first?.next(at: noon)?.notification.incidentID == "inc-77")
    }
}

/// Shows the time that somebody counts.
private struct CountingClock: Clock {
    let count: @Sendable () -> Duration

    var now: ContinuousClock.Instant { Self.start + count() }
    var minimumResolution: Duration { .nanoseconds(1) }
    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws { try await Task.sleep(for: .seconds(3600)) }

    private static let start = ContinuousClock.now
}

/// Answers when it is let go.
private struct HangingChannel: NotificationChannel {
    let name: ChannelName = "slow"
    let release: Signal

    func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        await release.wait()
        return DeliveryReceipt("at last")
    }
}
