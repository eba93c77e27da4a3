import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `counting requests` {
    private let client = Target.address(AddressRange(IPAddress(v4: 0xCB00_7109)))
    private let start = Timestamp(seconds: 1_795_176_000)

    @Test func `lets as many through at once as the rate says, then one each while`() {
        let throttle = RequestThrottle()
        let rate = RateLimit(10, per: 60)
        for left in (0..<10).reversed() {
            let outcome = throttle.take(client, rate, at: start)
            #expect(outcome.isAllowed && outcome.remaining == left)
        }
        let refused = throttle.take(client, rate, at: start)
        #expect(!refused.isAllowed)
        #expect(refused.retryAfter == .seconds(6))
        #expect(refused.reset == .seconds(60))
        #expect(!throttle.take(client, rate, at: start + .seconds(5)).isAllowed)
        #expect(throttle.take(client, rate, at: start + .seconds(6)).isAllowed)
        #expect(!throttle.take(client, rate, at: start + .seconds(6)).isAllowed)
        #expect(throttle.take(client, rate, at: start + .seconds(66)).remaining == 9)
    }

    @Test func `who obeys what he is told always gets through`() {
        let throttle = RequestThrottle()
        var now = start
        for _ in 0..<200 {
            let outcome = throttle.take(client, RateLimit(7, per: 13), at: now)
            guard !outcome.isAllowed else { continue }
            now = now + outcome.retryAfter
            #expect(throttle.take(client, RateLimit(7, per: 13), at: now).isAllowed)
        }
    }

    @Test func `never lets more than its rate through in the long run, whatever is tried`() {
        let throttle = RequestThrottle()
        var allowed = 0
        for tick in 0..<6000 where throttle.take(client, RateLimit(10, per: 60), at: start + .milliseconds(tick * 100)).isAllowed {
            allowed += 1
        }
        #expect((109...110).contains(allowed))  // ten at once, and 100 in 600 s
    }

    @Test func `a clock that is set back makes nobody wait longer than the window`() {
        let throttle = RequestThrottle()
        for _ in 0..<10 { _ = throttle.take(client, RateLimit(10, per: 60), at: start + .hours(5)) }
        let refused = throttle.take(client, RateLimit(10, per: 60), at: start)
        #expect(!refused.isAllowed && refused.retryAfter <= .seconds(60))
        #expect(throttle.take(client, RateLimit(10, per: 60), at: start + .seconds(60)).isAllowed)
    }

    @Test func `counts others apart, and holds no more of them than it may`() {
        let throttle = RequestThrottle(capacity: 64)
        for number in 0..<10_000 {
            let other = Target.address(AddressRange(IPAddress(v4: UInt32(number))))
            #expect(throttle.take(other, RateLimit(1, per: 3600), at: start).isAllowed)
        }
        #expect(throttle.count <= 64)
    }

    @Test func `of a hundred at once exactly as many get through as may`() async {
        let throttle = RequestThrottle()
        let allowed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { throttle.take(client, RateLimit(10, per: 60), at: start).isAllowed } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(allowed == 10)
    }
}
