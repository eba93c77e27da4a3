import RiposteTesting
import Synchronization
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

    @Test func `is told of the most severe first, and of what comes meanwhile before what waited`() async throws {
        let (store, clock) = (InMemoryStore(), ManualClock())
        let late = item(101, .critical, "quick")
        let channel = ChoosyChannel("quick") { told, _ in
            if told.count == 40 { try? await store.commit(WriteBatch([.putOutboxItem(late)])) }
            return nil
        }
        let outbox = OutboxService(store: store, channels: [channel], clock: clock, logger: Bench.quiet)
        try await store.commit(WriteBatch((1...100).map { .putOutboxItem(item($0, $0 == 77 ? .high : .low, "quick")) }))
        try await outbox.deliverDue()
        #expect(channel.delivered.count == 101)
        // Eight are under way at a time.
        #expect(channel.delivered.prefix(8).contains { $0.title == "attack 77" })
        #expect(channel.delivered.prefix(64 + 8).contains { $0.title == "attack 101" })
    }

    /// - Returns: once the first eight hang, and what is critical is told beside them: then they are let go.
    private func hanging(_ first: Severity, then items: [OutboxItem]) async throws -> ChoosyChannel {
        let (store, clock, release) = (InMemoryStore(), ManualClock(), Signal())
        let channel = ChoosyChannel("slow") { [number = Counter()] _, _ in
            if number.next() <= 8 { await release.wait() }
            return nil
        }
        let outbox = OutboxService(store: store, channels: [channel], clock: clock, logger: Bench.quiet)
        try await store.commit(WriteBatch((1...20).map { .putOutboxItem(item($0, first, "slow")) }))
        let service = Task { await outbox.deliverAsDue() }
        try await eventually { channel.attempts.count >= 8 }
        try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
        let quick = items.count + (first == .critical ? 12 : 0)
        try await eventually {
            clock.advance(by: .milliseconds(100))
            return channel.delivered.count == quick
        }
        #expect(channel.delivered.allSatisfy { $0.severity == .critical })
        release.set()
        try await eventually {
            clock.advance(by: .milliseconds(100))
            return channel.delivered.count == 20 + items.count
        }
        service.cancel()
        await service.value
        return channel
    }

    @Test func `that hangs holds up nothing critical that comes meanwhile`() async throws {
        let channel = try await hanging(.low, then: [item(21, .critical, "slow"), item(22, .critical, "slow")])
        #expect(channel.attempts.count == 22)
    }

    @Test func `is told once of what waited behind what hangs`() async throws {
        let channel = try await hanging(.critical, then: [])
        #expect(channel.attempts.count == 20 && Set(channel.attempts.map(\.id)).count == 20)
    }
}

/// Counts from one.
private final class Counter: Sendable {
    private let last = Mutex(0)

    func next() -> Int {
        last.withLock { last in
            last += 1
            return last
        }
    }
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
