import Testing

@testable import Riposte

@Suite struct `a channel's rest` {
    private let policy = OutboxPolicy()
    private let down = DeliveryFailure(.transient, "503")

    private func item(attempts: Int = 0, settled: [SettledRecipient]? = nil) -> OutboxItem {
        let notification = Notification(
            id: "ntf", incidentID: "inc", severity: .high, title: "", body: "", createdAt: noon, deduplicationKey: "inc")
        var item = OutboxItem(notification: notification, channel: "slack", nextAttemptAt: noon)
        (item.attempts, item.settled) = (attempts, settled)
        return item
    }

    private func fail(
        _ rest: inout LaneRest, _ turn: LaneRest.Turn, _ failure: DeliveryFailure? = nil, attempts: Int = 0, at now: Timestamp = noon
    ) -> Timestamp? {
        rest.failed(failure ?? down, item(attempts: attempts), turn, policy, at: now)
    }

    @Test func `begins with the first failure and grows with each probe, to five minutes, a little shorter for some`() throws {
        var (rest, now) = (LaneRest(), noon)
        for number in 0..<20 {
            let end = try #require(fail(&rest, number == 0 ? .open : .probe, at: now))
            let full = min(Duration.seconds(1) * (1 << number), .minutes(5))
            #expect(end - now <= full && end - now >= full * 0.8)
            now = end
        }
        #expect(rest.since == noon && rest.error == "503")
        var other = LaneRest()
        let later = noon + .seconds(1)
        #expect(try #require(fail(&other, .open, at: later)) - later != (try #require(fail(&rest, .probe, at: noon)) - noon))
    }

    @Test func `is as long as the other side asks, at most an hour`() {
        var rest = LaneRest()
        let asked = DeliveryFailure(.transient, "429", retryAfter: .minutes(20))
        #expect(fail(&rest, .open, asked) == noon + .minutes(20))
        #expect(fail(&rest, .probe, DeliveryFailure(.transient, "429", retryAfter: .hours(9))) == noon + .hours(1))
    }

    @Test func `is no longer because others were under way when it began`() {
        var rest = LaneRest()
        let first = fail(&rest, .open)
        for _ in 0..<7 { #expect(fail(&rest, .open) == first) }
        #expect(fail(&rest, .open, at: noon + .minutes(1)).map { $0 <= noon + .seconds(61) && $0 > noon + .minutes(1) } == true)
        rest.delivered(.open)
        #expect(rest.isResting)
    }

    @Test func `ends with the first that gets through after it began, and begins anew with a second`() {
        for turn in [LaneRest.Turn.probe, .critical] {
            var rest = LaneRest()
            for number in 0..<5 { _ = fail(&rest, number == 0 ? .open : .probe) }
            rest.delivered(turn)
            #expect(!rest.isResting && rest.since == nil)
            #expect(fail(&rest, .open).map { $0 <= noon + .seconds(1) } == true)
        }
    }

    @Test func `does not begin where one item can never be told, or where some recipients have it`() {
        var rest = LaneRest()
        #expect(fail(&rest, .open, DeliveryFailure(.permanent, "no such number")) == nil)
        let ann = SettledRecipient("ann", isReached: true, words: "")
        let bob = DeliveryFailure(.transient, "bob is busy", settled: [ann])
        #expect(fail(&rest, .open, bob) == nil)
        #expect(rest.failed(bob, item(attempts: 1, settled: [ann]), .open, policy, at: noon) == nil)
        #expect(!rest.isResting)
        let refused = SettledRecipient("cy", isReached: false, words: "")
        #expect(fail(&rest, .open, DeliveryFailure(.transient, "451", settled: [refused])) != nil)
        rest.delivered(.probe)
        // Where nothing is known to be wrong with the item, it is the channel: also where nobody knows whether it arrived.
        #expect(fail(&rest, .open, DeliveryFailure(.unknown, "timed out")) != nil)
        // Somebody who answers for one ends it; somebody who answered before does not.
        #expect(rest.failed(bob, item(attempts: 1, settled: [ann]), .probe, policy, at: noon) == nil)
        #expect(rest.isResting)
        #expect(fail(&rest, .probe, bob) == nil)
        #expect(!rest.isResting)
    }

    @Test func `lets something critical through at once, then once a second, and is no longer for it`() {
        var rest = LaneRest()
        let second = policy.delay
        #expect(rest.critical(at: noon, every: second) == .open)
        for number in 0..<9 { _ = fail(&rest, number == 0 ? .open : .probe) }
        let end = rest.until
        #expect(rest.critical(at: noon, every: second) == .critical)
        #expect(fail(&rest, .critical) == end)
        #expect(rest.critical(at: noon + .milliseconds(999), every: second) == nil)
        #expect(rest.critical(at: noon + .seconds(1), every: second) == .critical)
        // A clock that is set back silences nobody.
        #expect(rest.critical(at: noon - .hours(1), every: second) == .critical)
        // When the rest is over it waits as long as the probe that comes right after will.
        let next = end.flatMap { fail(&rest, .critical, at: $0) }
        #expect(rest.until == end && next == end.flatMap { fail(&rest, .probe, at: $0) })
        let asked = DeliveryFailure(.transient, "429", retryAfter: .minutes(20))
        #expect(fail(&rest, .critical, asked) == noon + .minutes(20))
    }

    @Test func `is not begun by an item that fails again while others get through, but by three of them`() {
        var rest = LaneRest()
        func again(_ ids: [String]) -> [Bool] {
            ids.map { id in
                var item = item(attempts: 1)
                item.notification.id = id
                return rest.failed(down, item, .open, policy, at: noon) != nil
            }
        }
        // Nothing is known yet of the channel.
        #expect(again(["a"]) == [true])
        rest.delivered(.probe)
        #expect(again(["a", "a", "b", "a", "a", "b"]) == Array(repeating: false, count: 6))
        rest.delivered(.open)
        #expect(again(["c", "a", "b"]) == [false, false, true])
        rest.delivered(.probe)
        #expect(fail(&rest, .open) != nil, "that one had not failed before")
    }
}
