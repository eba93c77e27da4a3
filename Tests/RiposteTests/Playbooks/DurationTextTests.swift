import Riposte
import Testing

@Suite struct `a duration as text` {
    @Test(
        arguments: [
            ("30s", .seconds(30)), ("5m", .minutes(5)), ("1h", .hours(1)), ("2d", .hours(48)), ("1w", .hours(168)),
            ("250ms", .milliseconds(250)),
            ("1h30m", .minutes(90)), ("0s", .zero), ("90m", .minutes(90)),
        ] as [(String, Duration)])
    func `is read with its unit`(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "5", "m", "5 m", "-5m", "1.5h", "5M", "5min", "٥m", "1h30", "9999999999s", "3661d", "999999999w",
        String(repeating: "1s", count: 40), "5m\n",
    ])
    func `is not read from anything else`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        arguments: [
            (.zero, "0s"), (.seconds(60), "1m"), (.minutes(90), "1h30m"), (.milliseconds(1500), "1s500ms"), (.microseconds(1), "1ms"),
            (.seconds(-5), "0s"), (.seconds(Int64.max), "106751991d4h54s776ms"),
        ] as [(Duration, String)])
    func `is written in the largest units`(duration: Duration, text: String) {
        #expect(DurationText.format(duration) == text)
    }

    @Test(arguments: [1, 999, 1000, 59_999, 3_600_001, 86_400_000, 123_456_789])
    func `reads back as what was written`(milliseconds: Int) {
        #expect(DurationText.parse(DurationText.format(.milliseconds(milliseconds))) == .milliseconds(milliseconds))
    }
}
