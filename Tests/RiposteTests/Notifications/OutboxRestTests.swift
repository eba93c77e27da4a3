import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a channel that fails` {
    private let store = InMemoryStore()
    private let clock = ManualClock()
    private let down = DeliveryFailure(.transient, "no connection to 192.0.2.1")

    private func item(
        _ number: Int, _ severity: Severity = .low, channel: ChannelName = "slack", at time: Timestamp? = nil
    ) -> OutboxItem {
        let notification = Notification(
            id: "ntf-\(number)", incidentID: "inc-\(number)", severity: severity, title: "attack \(number)", body: "",
            createdAt: time ?? clock.now(), deduplicationKey: "inc-\(number)")
        return OutboxItem(notification: notification, channel: channel, nextAttemptAt: time ?? clock.now())
    }

    private func put(_ items: [OutboxItem]) async throws { try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem))) }

    private func outbox(_ channel: ChoosyChannel) -> OutboxService {
        OutboxService(store: store, channels: [channel], clock: clock, logger: Bench.quiet)
    }

    /// Looks again and again until then: every second at first.
    private func run(_ outbox: OutboxService, for duration: Duration) async throws {
        let (start, end) = (clock.now(), clock.now() + duration)
        while clock.now() < end {
            clock.advance(by: clock.now() - start < .minutes(1) ? .seconds(1) : .seconds(10))
            try await outbox.deliverDue()
        }
    }

    private func states() async throws -> [String: Int] {
        try await (0..<2000).asyncReduce(into: [:]) { counts, number in
            for item in try await store.outboxItems(of: IncidentID("inc-\(number)")) { counts[item.state.rawValue, default: 0] += 1 }
        }
    }

    @Test func `is not left alone because one recipient is bad`() async throws {
        let channel = ChoosyChannel { _, notification in
            switch notification.title {
            case "attack 7": DeliveryFailure(.permanent, "no such number")
            case "attack 8":
                DeliveryFailure(.transient, "bob is busy", settled: [SettledRecipient("ann", isReached: true, words: "")])
            default: nil
            }
        }
        let outbox = outbox(channel)
        try await put((0..<200).map { item($0) })
        try await outbox.deliverDue()
        #expect(channel.delivered.count == 198 && channel.attempts.count == 200)
        #expect(outbox.health.first?.restsUntil == nil)
        #expect(try await states() == ["delivered": 198, "failed": 1, "queued": 1])
    }

    @Test func `for one item alone holds up the others for a moment, and is tried later each time with that one`() async throws {
        let channel = ChoosyChannel { _, notification in notification.severity == .critical ? DeliveryFailure(.transient, "500") : nil }
        let outbox = outbox(channel)
        try await put([item(0, .critical)] + (1..<500).map { item($0) })
        try await run(outbox, for: .seconds(3))
        #expect(channel.delivered.count == 499)
        try await run(outbox, for: .hours(1))
        #expect((15...30).contains(channel.attempts.count { $0.title == "attack 0" }))
        try await put([item(600)])
        try await outbox.deliverDue()
        #expect(channel.delivered.last?.title == "attack 600")
    }

    @Test func `is tried at once with something critical, then as often as that would be by itself`() async throws {
        let channel = ChoosyChannel { [down] _, _ in down }
        let outbox = outbox(channel)
        try await put((0..<1000).map { item($0) })
        try await run(outbox, for: .hours(1))
        let before = channel.attempts.count
        #expect(before < 40)
        try await put((1000..<1005).map { item($0, .critical) })
        try await outbox.deliverDue()
        #expect(channel.attempts.count - before <= 2)
        #expect(channel.attempts.last?.severity == .critical || channel.attempts.dropLast().last?.severity == .critical)
        try await run(outbox, for: .seconds(4))
        #expect(Set(channel.attempts.filter { $0.severity == .critical }.map(\.id)).count == 5)
        #expect(channel.attempts.count - before <= 7)
        let first = try #require(try await store.outboxItem("ntf-1000"))
        #expect(first.nextAttemptAt <= clock.now())
    }

    @Test func `and comes back tells everything, the most severe first, each once`() async throws {
        let back = Signal()
        let channel = ChoosyChannel { [down] _, _ in back.isSet ? nil : down }
        let outbox = outbox(channel)
        try await put((0..<1000).map { item($0, $0 == 500 ? .critical : .low) })
        try await run(outbox, for: .hours(1))
        #expect(channel.attempts.first?.title == "attack 500")
        let rest = try #require(outbox.health.first?.restsUntil)
        #expect(rest - clock.now() <= .minutes(5))
        #expect(outbox.health.first?.reason(at: clock.now())?.message.contains("it rests until") == true)
        back.set()
        try await run(outbox, for: .minutes(5))
        #expect(channel.delivered.first?.title == "attack 500")
        #expect(channel.delivered.count == 1000 && Set(channel.delivered.map(\.id)).count == 1000)
        #expect(outbox.health.first?.restsUntil == nil)
    }

    @Test func `for a day is given up by everything that waits, tried or not, and the record says since when`() async throws {
        let channel = ChoosyChannel { [down] _, _ in down }
        let outbox = outbox(channel)
        try await put((0..<1000).map { item($0) })
        for _ in 0..<(24 * 60 - 10) {
            try await outbox.deliverDue()
            clock.advance(by: .minutes(1))
        }
        #expect(try await states() == ["queued": 1000])
        try await put([item(1001)])
        for _ in 0..<11 {
            try await outbox.deliverDue()
            clock.advance(by: .minutes(1))
        }
        #expect(try await states() == ["failed": 1000, "queued": 1])
        #expect(outbox.health.first?.givenUp == 1000)
        let untried = try #require(try await store.outboxItem("ntf-999"))
        #expect(untried.attempts == 0)
        #expect(untried.lastError == "nothing has got through since 2026-11-20T12:00:00Z: no connection to 192.0.2.1")
        #expect(try #require(untried.endedAt) - noon < .hours(24) + .minutes(2) && untried.endedAt.map { $0 - noon >= .hours(24) } == true)
    }

    @Test func `is tried with a digest as well, which stays as it is`() async throws {
        let back = Signal()
        let channel = ChoosyChannel { [down] _, _ in back.isSet ? nil : down }
        let outbox = outbox(channel)
        var items = (0..<1500).map { item($0) }
        for index in items.indices { items[index].hold = OutboxItem.Hold(until: noon, reason: .digest) }
        try await put(items)
        try await run(outbox, for: .minutes(30))
        #expect(channel.attempts.count < 30)
        let tried = Set(channel.attempts.map(\.id))
        #expect(channel.attempts.allSatisfy { $0.kind == .digest } && tried.count == 2)
        back.set()
        try await run(outbox, for: .minutes(5))
        #expect(Set(channel.delivered.map(\.id)) == tried && channel.delivered.count == 2)
        #expect(channel.delivered.map(\.title).sorted() == ["1000 notifications of 1000 incidents", "500 notifications of 500 incidents"])
        #expect(try await states() == ["delivered": 1500])
    }

    @Test func `because it is not configured is asked no more often`() async throws {
        let outbox = outbox(ChoosyChannel { _, _ in nil })
        try await put((0..<500).map { item($0, channel: "gone") })
        try await run(outbox, for: .minutes(30))
        let attempts = try await store.openOutboxItems().map(\.attempts).reduce(0, +)
        #expect((10...30).contains(attempts))
        #expect(outbox.health.map(\.name) == ["gone", "slack"])
        let next = ChoosyChannel("gone") { _, _ in nil }
        try await run(self.outbox(next), for: .minutes(5))
        #expect(next.delivered.count == 500)
    }

    @Test func `in quiet hours is not tried with what waits for their end`() async throws {
        let channel = ChoosyChannel { [down] _, _ in down }
        let night = QuietHours(from: 12 * 60 + 30, to: 14 * 60)
        let rules = NotificationRules(channels: ["slack": DeliveryRules(quietHours: [night])])
        let outbox = OutboxService(store: store, channels: [channel], rules: rules, clock: clock, logger: Bench.quiet)
        try await put((0..<100).map { item($0) })
        try await run(outbox, for: .minutes(30))
        let before = channel.attempts.count
        try await run(outbox, for: .minutes(80))
        #expect(channel.attempts.count == before)
        #expect(try await store.openOutboxItems().allSatisfy { $0.hold?.reason == .quietHours })
        try await run(outbox, for: .minutes(15))
        #expect(channel.attempts.count > before)
    }
}

extension Sequence {
    fileprivate func asyncReduce<Value>(into start: Value, _ body: (inout Value, Element) async throws -> Void) async throws -> Value {
        var value = start
        for element in self { try await body(&value, element) }
        return value
    }
}
