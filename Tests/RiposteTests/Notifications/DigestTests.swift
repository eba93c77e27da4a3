import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a digest` {
    private static let rules = NotificationRules(channels: ["slack": DeliveryRules(digest: .init(every: .minutes(15)))])
    private let quarter = noon + .minutes(15)

    @Test func `gathers what is not severe, and is sent as one, also over a restart`() async throws {
        let post = Post(Self.rules)
        for number in 1...3 { try await post.tell(number, number == 2 ? .low : .medium) }
        try await post.deliver(until: quarter - .minutes(1))
        #expect(post.told().isEmpty)
        let next = Post(Self.rules, store: post.store, clock: post.clock)
        try await next.deliver(for: .hours(2))
        let digest = try #require(next.delivered().first)
        #expect(next.channels[0].attempts == 1)
        #expect(digest.kind == .digest && digest.severity == .medium)
        #expect(digest.title == "3 notifications of 3 incidents")
        #expect(
            digest.body == """
                - [medium] attack 1 (inc-1, opened)
                - [low] attack 2 (inc-2, opened)
                - [medium] attack 3 (inc-3, opened)
                """)
        for number in 1...3 { #expect(try await post.states(number) == ["delivered"]) }
        #expect(try await post.store.outboxItems(of: "inc-1").first?.receipt == "in a digest of 3: kept")
    }

    @Test func `lets what is severe go by itself, at once`() async throws {
        let post = Post(Self.rules)
        try await post.tell(1, .medium)
        try await post.tell(2, .high)
        try await post.outbox.deliverDue()
        #expect(post.told() == ["attack 2"])
        // And what becomes severe comes out of it.
        try await post.tell(1, .critical)
        try await post.outbox.deliverDue()
        #expect(post.delivered().map(\.severity) == [.high, .medium, .critical])
        try await post.deliver(for: .hours(1))
        #expect(post.delivered().count == 3)
    }

    @Test func `of one is that one`() async throws {
        let post = Post(Self.rules)
        try await post.tell(1, .low)
        try await post.deliver(until: quarter)
        #expect(post.delivered().map(\.kind) == [.opened])
        #expect(try await post.store.outboxItems(of: "inc-1").first?.receipt == "kept")
    }

    @Test func `tells in order what became of an incident`() async throws {
        let post = Post(Self.rules)
        try await post.tell(1, .low)
        try await post.move(1, .resolved)
        try await post.deliver(until: quarter)
        #expect(post.delivered().map(\.title) == ["2 notifications of one incident"])
        #expect(post.delivered().first?.body == "- [low] attack 1 (inc-1, opened)\n- [low] Resolved: attack 1 (inc-1, resolved)")
        #expect(try await post.states(1) == ["delivered", "delivered"])
    }

    @Test func `that fails is tried again as it was, and tells nobody twice`() async throws {
        let post = Post(Self.rules)
        for number in 1...3 { try await post.tell(number, .low) }
        post.channels[0].failing(DeliveryFailure(.unknown, "no answer"))
        try await post.deliver(until: quarter)
        #expect(post.channels[0].attempts == 1)
        #expect(Set(try await post.store.openOutboxItems().map(\.nextAttemptAt)).count == 1)
        try await post.tell(4, .low)
        post.channels[0].failing(nil)
        try await post.deliver(for: .hours(1))
        #expect(post.told() == ["3 notifications of 3 incidents", "attack 4"])
        let same = OutboxDigest(
            try await (1...3).asyncMap { try await post.store.outboxItems(of: IncidentID("inc-\($0)")) }.flatMap(\.self))
        #expect(post.delivered().first?.id == same.notification?.id)
    }

    @Test func `that is refused for good is given up for each`() async throws {
        let post = Post(Self.rules)
        for number in 1...2 { try await post.tell(number, .low) }
        post.channels[0].failing(DeliveryFailure(.permanent, "no such webhook"))
        try await post.deliver(for: .hours(1))
        #expect(post.channels[0].attempts == 1)
        for number in 1...2 { #expect(try await post.states(number) == ["failed"]) }
    }

    @Test func `is as long as anybody reads`() async throws {
        let post = Post(Self.rules)
        for number in 1...100 { try await post.tell(number, .low) }
        try await post.deliver(until: quarter)
        let digest = try #require(post.delivered().first)
        #expect(digest.title == "100 notifications of 100 incidents")
        #expect(digest.body.split(separator: "\n").count == 26)
        #expect(digest.body.hasSuffix("and 75 more: riposte incident list"))
    }

    @Test func `waits for the end of quiet hours`() async throws {
        let rules = DeliveryRules(digest: .init(every: .minutes(15)), quietHours: [QuietHours(from: 12 * 60, to: 14 * 60)])
        let post = Post(NotificationRules(channels: ["slack": rules]))
        for number in 1...3 {
            try await post.tell(number, .low)
            try await post.deliver(for: .minutes(20))
        }
        #expect(post.told().isEmpty)
        try await post.deliver(until: noon + .hours(2))
        #expect(post.told() == ["3 notifications of 3 incidents"])
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
