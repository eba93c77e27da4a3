import Riposte
import Testing

@Suite struct `an outbox policy` {
    private let start = Timestamp(seconds: 1_795_176_000)
    private let policy = OutboxPolicy()
    private let busy = DeliveryFailure(.transient, "busy")

    private func item(_ id: String = "ntf-1") -> OutboxItem {
        var notification = Riposte.Notification.example()
        notification.id = id
        return OutboxItem(notification: notification, channel: "slack", nextAttemptAt: start)
    }

    /// The waits between attempts, each made when it is due, until it is given up.
    private func waits(_ item: OutboxItem, _ failure: DeliveryFailure) -> [Duration] {
        var (item, now, waits) = (item, start, [Duration]())
        while item.state == .queued, waits.count < 10_000 {
            item = policy.failed(item, failure, at: now)
            guard item.state == .queued else { break }
            waits.append(item.nextAttemptAt - now)
            now = item.nextAttemptAt
        }
        return waits
    }

    @Test func `waits twice as long each time, up to five minutes, a little shorter for some`() {
        for (index, wait) in waits(item(), busy).enumerated() {
            let full = min(Duration.seconds(1) * (1 << min(index, 20)), .minutes(5))
            #expect(wait <= full && wait >= full * 0.8)
        }
    }

    @Test func `gives up after a day, and not before`() throws {
        var (item, now) = (item(), start)
        var attempts = 0
        while item.state == .queued {
            item = policy.failed(item, busy, at: now)
            attempts += 1
            if item.state == .queued { now = item.nextAttemptAt }
        }
        #expect(item.state == .failed)
        #expect(item.attempts == attempts)
        #expect(try #require(item.endedAt) - start < .hours(24))
        #expect(try #require(item.endedAt) - start > .hours(24) - .minutes(6))
        #expect(item.lastError == "busy")
    }

    @Test func `gives up at once where trying again will not help`() {
        let item = policy.failed(item(), DeliveryFailure(.permanent, "no_service"), at: start)
        #expect(item.state == .failed)
        #expect(item.attempts == 1)
    }

    @Test func `tries again where it may have arrived`() {
        #expect(policy.failed(item(), DeliveryFailure(.unknown, "timed out"), at: start).state == .queued)
    }

    @Test func `waits as long as the other side asks, but no longer than an hour`() {
        let asked = policy.failed(item(), DeliveryFailure(.transient, "429", retryAfter: .seconds(90)), at: start)
        #expect(asked.nextAttemptAt - start == .seconds(90))
        let short = policy.failed(item(), DeliveryFailure(.transient, "429", retryAfter: .milliseconds(1)), at: start)
        #expect(short.nextAttemptAt - start >= .milliseconds(800))
        let year = policy.failed(item(), DeliveryFailure(.transient, "429", retryAfter: .hours(8760)), at: start)
        #expect(year.state == .queued)
        #expect(year.nextAttemptAt - start == .hours(1))
    }

    @Test func `is the same for the same item, and spreads different ones`() {
        #expect(waits(item("a"), busy) == waits(item("a"), busy))
        let firsts = Set((0..<100).map { policy.failed(item("ntf-\($0)"), busy, at: start).nextAttemptAt })
        #expect(firsts.count > 50)
    }

    @Test func `ends with a delivery`() {
        let item = policy.delivered(policy.failed(item(), busy, at: start), DeliveryReceipt("ok"), at: start + .seconds(5))
        #expect(item.state == .delivered)
        #expect(item.attempts == 2)
        #expect(item.lastError == nil)
        #expect(item.endedAt == start + .seconds(5))
    }
}
