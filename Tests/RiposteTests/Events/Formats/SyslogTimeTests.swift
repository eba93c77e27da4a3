import Riposte
import Testing

@Suite struct `a syslog line` {
    private static let message = "Failed password for root from 203.0.113.9 port 51022 ssh2"

    @Test(arguments: [
        "Nov 21 07:01:02 web01 sshd[123]: ", "<38>Nov 21 07:01:02 web01 sshd[123]: ", "<38>Nov 21 07:01:02 sshd[123]: ",
        "<38>1 2026-11-21T07:01:02Z web01 sshd 123 - - ", "1 2026-11-21T07:01:02Z web01 sshd 123 - - ",
        "2026-11-21T07:01:02Z web01 sshd 123 - - ", "<38>1 2026-11-21T08:01:02+01:00 web01 sshd-session - - - ",
        "<38>1 2026-11-21T07:01:02Z web01 sshd 123 ID47 [a@1 b=\"c \\\" \\] \\\\\" d=\"e\"][f g=\"]\"] ",
        "<38>1 2026-11-21T07:01:02Z web01 sshd 123 - - \u{FEFF}", "2026-11-21T07:01:02+00:00 web01 sshd[123]: ",
        "2026-11-21T08:01:02+0100 web01 sshd[123]: ", "<38>2026-11-21T02:01:02-05:00 web01 sshd[123]: ",
    ])
    func `is read in every shape`(frame: String) throws {
        let reading = Reading(SSHDParser(source: "test"), [frame + Self.message])
        let event = try #require(reading.events.first, "\(reading.verdicts)")
        #expect(event.time == Timestamp(rfc3339: "2026-11-21T07:01:02Z"))
        #expect(event.user == "root" && event.port == 51022)
    }

    @Test func `keeps its microseconds`() {
        let reading = Reading(
            SSHDParser(source: "test"),
            [
                "2026-11-21T08:01:02.123456+01:00 web01 sshd[1]: \(Self.message)",
                "<38>1 2026-11-21T07:01:02.5Z web01 sshd 2 - - \(Self.message)",
            ])
        #expect(reading.events.map(\.time.description) == ["2026-11-21T07:01:02.123456Z", "2026-11-21T07:01:02.5Z"])
    }

    @Test(arguments: [
        "<38>1 - web01 sshd 123 - - ", "2026-13-21T07:01:02Z web01 sshd[1]: ", "2026-11-21T07:01:02+99:00 web01 sshd[1]: ",
        "2026-11-21T07:01:02.Z web01 sshd[1]: ",
    ])
    func `with an impossible time says so`(frame: String) {
        #expect(Reading(SSHDParser(source: "test"), [frame + Self.message]).verdicts == [.badTime])
    }

    @Test(arguments: [
        "<38Nov 21 07:01:02 web01 sshd[1]: ", "<>1 2026-11-21T07:01:02Z web01 sshd 1 - - ", "<38>1 2026-11-21T07:01:02Z web01 sshd 1 - [a ",
    ])
    func `with a broken frame is malformed`(frame: String) {
        #expect(Reading(SSHDParser(source: "test"), [frame + Self.message]).verdicts == [.malformed])
    }
}

@Suite struct `a time without a year` {
    private func times(_ stamps: [String], zone: TimeZoneRule = .utc, now: String = "2026-11-21T12:00:00Z") throws -> [String] {
        let now = try #require(Timestamp(rfc3339: now))
        let lines = stamps.enumerated().map { "\($1) web01 sshd[\($0)]: Failed password for root from 203.0.113.9 port 51022 ssh2" }
        return Reading(SSHDParser(timezone: zone, source: "test"), lines, now: now).events.map(\.time.description)
    }

    @Test func `lies in the latest year that is not after the present`() throws {
        #expect(
            try times(["Nov 21 07:00:00", "Dec 10 07:00:00", "Jan  1 00:00:00"]) == [
                "2026-11-21T07:00:00Z", "2025-12-10T07:00:00Z", "2026-01-01T00:00:00Z",
            ])
        #expect(
            try times(["Dec 31 23:59:59", "Jan  1 00:00:01"], now: "2027-01-01T00:00:05Z") == [
                "2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z",
            ])
        #expect(try times(["Feb 29 07:00:00"]) == ["2024-02-29T07:00:00Z"])
    }

    @Test func `up to a day ahead is a clock that is fast, and is set to the present`() throws {
        #expect(
            try times(["Nov 21 12:00:09", "Nov 22 11:00:00", "Nov 22 13:00:00"]) == [
                "2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z", "2025-11-22T13:00:00Z",
            ])
        let line = "Nov 21 12:00:09 web01 sshd[1]: Failed password for root from 203.0.113.9 port 51022 ssh2"
        let reading = Reading(SSHDParser(source: "test"), [line])
        #expect(reading.clamped == 1 && reading.events.first?.details?.attributes["original_time"] == "2026-11-21T12:00:09Z")
    }

    @Test func `is read anew when the present has passed into another year`() {
        var parser = SSHDParser(source: "test")
        var events: [Event] = []
        let line = Array("Dec 10 07:00:00 web01 sshd[1]: Failed password for root from 203.0.113.9 port 51022 ssh2".utf8)
        for now in ["2026-11-21T12:00:00Z", "2026-12-11T12:00:00Z"].compactMap({ Timestamp(rfc3339: $0) }) {
            _ = parser.parse(line.span, now: now, into: &events)
        }
        #expect(events.map(\.time.description) == ["2025-12-10T07:00:00Z", "2026-12-10T07:00:00Z"])
    }

    @Test func `is local to the source's zone`() throws {
        let berlin = try #require(TimeZoneRule("Europe/Berlin"))
        #expect(try times(["Jul  1 12:00:00", "Nov 21 12:00:00"], zone: berlin) == ["2026-07-01T10:00:00Z", "2026-11-21T11:00:00Z"])
        #expect(try times(["Nov 21 07:00:00"], zone: .fixed(seconds: -12_600)) == ["2026-11-21T10:30:00Z"])
    }

    @Test func `goes on through the hour that autumn repeats`() throws {
        let berlin = try #require(TimeZoneRule("Europe/Berlin"))
        let stamps = ["Oct 25 02:30:00", "Oct 25 02:59:59", "Oct 25 02:00:01", "Oct 25 02:59:00", "Oct 25 03:00:00"]
        #expect(
            try times(stamps, zone: berlin) == [
                "2026-10-25T00:30:00Z", "2026-10-25T00:59:59Z", "2026-10-25T01:00:01Z", "2026-10-25T01:59:00Z", "2026-10-25T02:00:00Z",
            ])
    }
}
