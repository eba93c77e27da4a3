import RiposteTesting
import Testing

@testable import Riposte

private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? .distantPast }
private let night = QuietHours(from: 22 * 60, to: 7 * 60)

@Suite struct `quiet hours` {
    @Test(
        arguments: [
            ("2026-11-20T21:59:59Z", nil), ("2026-11-20T22:00:00Z", "2026-11-21T07:00:00Z"),
            ("2026-11-20T23:59:59.5Z", "2026-11-21T07:00:00Z"),
            ("2026-11-21T00:00:00Z", "2026-11-21T07:00:00Z"), ("2026-11-21T06:59:59Z", "2026-11-21T07:00:00Z"),
            ("2026-11-21T07:00:00Z", nil),
        ] as [(String, String?)])
    func `end in the morning`(at: String, end: String?) { #expect(night.end(at: time(at)) == end.map(time)) }

    @Test(
        arguments: [
            // Winter time is an hour ahead of UTC there, summer time two.
            ("2026-11-20T20:59:00Z", nil), ("2026-11-20T21:00:00Z", "2026-11-21T06:00:00Z"),
            ("2026-07-01T20:00:00Z", "2026-07-02T05:00:00Z"),
            // The nights in which the clocks are changed.
            ("2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"), ("2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"),
        ] as [(String, String?)])
    func `are those of their time zone`(at: String, end: String?) throws {
        var hours = night
        hours.zone = try #require(TimeZoneRule("Europe/Zurich"))
        #expect(hours.end(at: time(at)) == end.map(time))
    }

    @Test func `that end in an hour that is there twice, or not at all, end all the same`() throws {
        let zone = try #require(TimeZoneRule("Europe/Zurich"))
        let hours = QuietHours(from: 60, to: 150, zone: zone)  // 01:00 to 02:30
        for start in [time("2026-10-24T22:00:00Z"), time("2026-03-28T22:00:00Z")] {
            for minute in 0..<360 {
                let now = start + .minutes(minute)
                if let end = hours.end(at: now) { #expect(end > now && end <= now + .hours(3)) }
            }
        }
    }

    @Test func `overlap where a minute lies in both`() {
        #expect(night.overlaps(QuietHours(from: 6 * 60, to: 8 * 60)))
        #expect(night.overlaps(QuietHours(from: 0, to: 1)))
        #expect(night.overlaps(QuietHours(from: 23 * 60, to: 22 * 60)))
        #expect(!night.overlaps(QuietHours(from: 7 * 60, to: 22 * 60)))
        #expect(!night.overlaps(QuietHours(from: 12 * 60, to: 13 * 60)))
    }

    @Test func `hold what is not severe enough until the last of them is over`() {
        let rules = DeliveryRules(quietHours: [night, QuietHours(from: 7 * 60, to: 8 * 60, except: .high)])
        let (evening, morning) = (time("2026-11-20T23:00:00Z"), time("2026-11-21T07:00:00Z"))
        #expect(rules.quietEnd(for: .medium, at: evening) == time("2026-11-21T08:00:00Z"))
        #expect(rules.quietEnd(for: .high, at: evening) == morning)
        #expect(rules.quietEnd(for: .critical, at: evening) == nil)
        #expect(rules.quietEnd(for: .medium, at: noon) == nil)
        let always = DeliveryRules(quietHours: [QuietHours(from: 0, to: 1, except: nil), QuietHours(from: 1, to: 0, except: nil)])
        #expect(always.quietEnd(for: .critical, at: noon) != nil)
    }
}

@Suite struct `people in quiet hours` {
    private static let rules = NotificationRules(channels: ["slack": DeliveryRules(quietHours: [night])])
    private let evening = time("2026-11-20T22:30:00Z")
    private let morning = time("2026-11-21T07:00:00Z")

    private func post() -> Post {
        let post = Post(Self.rules)
        post.clock.set(evening)
        return post
    }

    @Test func `are told when they are over, also over a restart`() async throws {
        let post = post()
        try await post.tell(1)
        try await post.outbox.deliverDue()
        let item = try #require(try await post.store.openOutboxItems().first)
        #expect(item.hold == OutboxItem.Hold(until: morning, reason: .quietHours) && item.nextAttemptAt == morning)
        let next = Post(Self.rules, store: post.store, clock: post.clock)
        try await next.deliver(until: morning - .minutes(1))
        #expect(next.told().isEmpty && post.told().isEmpty)
        try await next.deliver(until: morning)
        #expect(next.told() == ["attack 1"])
        try await next.deliver(for: .hours(1))
        #expect(next.told().count == 1 && next.channels[0].attempts == 1)
    }

    @Test func `are told at once of what is critical, and of all that waits with it`() async throws {
        let post = post()
        try await post.tell(1, .medium)
        try await post.tell(2, .medium)
        try await post.outbox.deliverDue()
        try await post.tell(3, .critical)
        try await post.tell(1, .critical)
        try await post.outbox.deliverDue()
        #expect(post.delivered().map(\.incidentID).sorted() == ["inc-1", "inc-1", "inc-3"])
        #expect(post.delivered().filter { $0.incidentID == "inc-1" }.map(\.severity) == [.medium, .critical])
    }

    @Test func `are not woken by what was queued before, fails, and is tried again`() async throws {
        let post = post()
        post.clock.set(evening - .minutes(31))
        post.channels[0].failing(DeliveryFailure(.transient, "503", retryAfter: .minutes(45)))
        try await post.tell(1)
        try await post.outbox.deliverDue()
        post.channels[0].failing(nil)
        try await post.deliver(until: morning)
        #expect(post.channels[0].attempts == 2)
        #expect(post.told() == ["attack 1"])
    }

    @Test func `are told in the morning what became of it at night`() async throws {
        let post = post()
        try await post.tell(1)
        try await post.move(1, .resolved)
        try await post.deliver(until: morning)
        #expect(post.told() == ["attack 1", "Resolved: attack 1"])
    }

    @Test func `are asked all the same, because a question's time runs out`() async throws {
        let post = post()
        let question = Notification(
            id: "q", incidentID: "apr-0000000001", severity: .medium, title: "Approval needed", body: "", createdAt: evening,
            deduplicationKey: "q")
        try await post.store.commit(
            WriteBatch([.putOutboxItem(OutboxItem(notification: question, channel: "slack", nextAttemptAt: evening))]))
        try await post.outbox.deliverDue()
        #expect(post.told() == ["Approval needed"])
    }

    @Test func `are tried for a whole day after them`() async throws {
        let post = post()
        try await post.tell(1)
        post.channels[0].failing(DeliveryFailure(.transient, "503"))
        try await post.outbox.deliverDue()
        post.clock.set(evening + .hours(24) - .minutes(1))
        post.channels[0].failing(nil)
        let silent = Post(NotificationRules(), store: post.store, clock: post.clock)
        try await silent.outbox.deliverDue()
        #expect(silent.told() == ["attack 1"])
    }
}
