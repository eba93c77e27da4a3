import Riposte
import Testing

@Suite struct `a time zone` {
    @Test(arguments: [("UTC", 0), ("+02:00", 7200), ("-0330", -12_600), ("+2", 7200), ("Z", 0)])
    func `can be an offset`(name: String, seconds: Int) {
        #expect(TimeZoneRule(name)?.secondsFromUTC(at: 0) == seconds)
    }

    @Test(arguments: ["", "Nowhere/Else", "../../etc/passwd", "/etc/passwd", "+25:00", "+1:75", "Europe", "x\u{0}y"])
    func `is not read from anything else`(name: String) {
        #expect(TimeZoneRule(name) == nil)
    }

    @Test(arguments: [
        ("Europe/Berlin", "2026-03-29T00:59:59Z", 3600), ("Europe/Berlin", "2026-03-29T01:00:00Z", 7200),
        ("Europe/Berlin", "2060-07-01T00:00:00Z", 7200), ("Europe/Berlin", "2060-12-01T00:00:00Z", 3600),
        ("America/New_York", "2026-11-01T05:59:59Z", -14_400), ("America/New_York", "2026-11-01T06:00:00Z", -18_000),
        ("Australia/Sydney", "2050-01-01T00:00:00Z", 39_600), ("Australia/Sydney", "2050-07-01T00:00:00Z", 36_000),
        ("Asia/Kathmandu", "2026-01-01T00:00:00Z", 20_700), ("America/Sao_Paulo", "2026-01-01T00:00:00Z", -10_800),
        ("Europe/Berlin", "1945-06-01T00:00:00Z", 10_800),
    ])
    func `of the IANA database knows its offset`(name: String, time: String, seconds: Int) throws {
        let instant = try #require(Timestamp(rfc3339: time))
        #expect(try #require(TimeZoneRule(name)).secondsFromUTC(at: instant.seconds) == seconds)
    }

    @Test func `is not made from a broken file`() {
        let header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        #expect(TimeZoneRule(name: "x", tzif: []) == nil)
        #expect(TimeZoneRule(name: "x", tzif: header + [UInt8](repeating: 0xFF, count: 24)) == nil)
        #expect(TimeZoneRule(name: "x", tzif: header + [UInt8](repeating: 0, count: 200)) == nil)
    }

    @Test func `is never read past the end of a damaged file`() {
        var random = SeededGenerator(seed: 9)
        let header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        for _ in 0..<20_000 {
            let tail = (0..<Int.random(in: 0...120, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) }
            _ = TimeZoneRule(name: "x", tzif: header + tail)?.secondsFromUTC(at: .random(in: .min ... .max, using: &random))
        }
    }
}
