import Riposte
import Testing

@Suite struct `a time stamp` {
    @Test(arguments: [
        "2026-11-20T07:00:00Z", "1969-12-31T23:59:59.5Z", "2024-02-29T12:34:56.000001Z", "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
    ])
    func `reads back what it wrote`(text: String) {
        #expect(Timestamp(rfc3339: text)?.description == text)
    }

    @Test func `says what is outside the years of four digits`() {
        #expect(Timestamp.distantPast.description == "-290308-12-21T19:59:05.224192Z")
        #expect(Timestamp.distantFuture.description == "294247-01-10T04:00:54.775807Z")
    }

    @Test func `takes any offset`() {
        #expect(Timestamp(rfc3339: "2026-11-20T07:00:00+02:00")?.description == "2026-11-20T05:00:00Z")
        #expect(Timestamp(rfc3339: "2026-11-20T07:00:00.25-0330")?.description == "2026-11-20T10:30:00.25Z")
    }

    @Test(arguments: [
        "", "2026-11-20", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-20T25:00:00Z", "2026-11-20T07:00:00",
        "2026-11-20T07:00:00+2",
    ])
    func `refuses what is not a time`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `is as far from the ends of time as can be said, in the right direction`() {
        let now = Timestamp(seconds: 1_800_000_000)
        #expect(now - .distantPast > .seconds(1))
        #expect(Timestamp.distantPast - now < .seconds(-1))
        #expect(Timestamp.distantFuture - .distantPast == .microseconds(Int64.max))
        #expect(Timestamp.distantPast - .distantFuture == .microseconds(Int64.min))
    }
}
