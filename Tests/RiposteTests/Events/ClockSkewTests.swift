import Testing

@testable import Riposte

@Suite struct `a clock that is wrong` {
    @Test func `is said once when it begins and once when it is over, from five minutes on`() {
        var watch = ClockSkewWatch()
        #expect(watch.observe(noon - .minutes(5), LineCounts(), now: noon) == nil)
        #expect(watch.observe(noon - .minutes(6), LineCounts(), now: noon) == .behind(.minutes(6)))
        #expect(watch.observe(noon - .minutes(7), LineCounts(), now: noon) == nil)
        #expect(watch.observe(noon, LineCounts(), now: noon) == .over)
    }

    @Test func `is seen in times of the future, which were set to the present`() {
        var reader = LogFormat.sshd.reader(timezone: .utc, source: "s")
        var watch = ClockSkewWatch()
        var events: [Event] = []
        let line = "2026-11-20T12:09:00Z web01 sshd[7]: Failed password for alice from 203.0.113.9 port 40000 ssh2\n"
        reader.read(Array(line.utf8).span, now: noon, into: &events)
        #expect(events.map(\.time) == [noon])
        #expect(watch.observe(noon, reader.counts, now: noon) == .ahead(.minutes(9)))
    }
}
