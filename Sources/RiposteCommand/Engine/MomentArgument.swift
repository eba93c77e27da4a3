import ArgumentParser
import Riposte

/// A time as people give it on the command line.
enum MomentArgument {
    static func help(_ what: String) -> ArgumentHelp {
        ArgumentHelp("\(what): 14:00, 2026-11-20, 2026-11-20T14:00:00Z, or how long ago: 2h, 7d.", valueName: "time")
    }

    static func parse(_ text: String) throws -> Timestamp {
        let zone = SystemTimeZone.name.flatMap { TimeZoneRule($0) } ?? .utc
        if let time = moment(text, zone: zone, now: SystemClock().now()) { return time }
        throw ValidationError("“\(text)” is not a time: write 14:00, 2026-11-20, 2026-11-20T14:00:00Z, or how long ago: 2h, 7d")
    }

    /// A time of day is the last one that has passed; a time without a zone is in `zone`.
    static func moment(_ text: String, zone: TimeZoneRule, now: Timestamp) -> Timestamp? {
        if let time = Timestamp(rfc3339: text) { return time }
        if let ago = DurationText.parse(text) { return now - ago }
        func local(_ text: String) -> Timestamp? {
            guard let written = Timestamp(rfc3339: text + "Z") else { return nil }
            let first = written - .seconds(zone.secondsFromUTC(at: written.seconds))
            return written - .seconds(zone.secondsFromUTC(at: first.seconds))
        }
        let parts = text.split(whereSeparator: { $0 == "T" || $0 == " " })
        if parts.count == 2 { return local("\(parts[0])T\(full(parts[1]))") }
        guard text.contains(":") else { return local("\(text)T00:00:00") }
        for ago in [0, 1] {
            let day = now + .seconds(zone.secondsFromUTC(at: now.seconds)) - .hours(24 * ago)
            if let time = local("\(day.toTheSecond.prefix(10))T\(full(text))"), time <= now { return time }
        }
        return nil
    }

    /// `14:00` → `14:00:00`.
    private static func full(_ time: some StringProtocol) -> String { time.utf8.count == 5 ? "\(time):00" : String(time) }
}
