/// How a source's local times map to UTC: a fixed offset, or a zone of the IANA database.
///
/// A zone is read once, into a table; looking an offset up afterwards does no I/O.
public struct TimeZoneRule: Sendable, Hashable {
    /// The name it was made from: `UTC`, `+02:00`, `Europe/Berlin`, `local`.
    public let name: String
    private let zone: Zone

    private enum Zone: Sendable, Hashable {
        case fixed(Int)
        case table(ZoneTable)
    }

    private init(name: String, zone: Zone) {
        self.name = name
        self.zone = zone
    }

    /// No offset and no summer time.
    public static let utc = TimeZoneRule(name: "UTC", zone: .fixed(0))

    /// The zone that is always `seconds` ahead of UTC (east is positive).
    public static func fixed(seconds: Int) -> TimeZoneRule {
        let minutes = abs(seconds) / 60
        let text = (seconds < 0 ? "-" : "+") + twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
        return TimeZoneRule(name: text, zone: .fixed(seconds))
    }

    /// Creates a rule from the bytes of a TZif file (RFC 9636); `nil` where they are none.
    public init?(name: String, tzif bytes: [UInt8]) {
        guard let table = ZoneTable(tzif: bytes) else { return nil }
        self.init(name: name, zone: .table(table))
    }

    /// Reads `UTC`, an offset such as `+02:00`, `-0330` or `+2`, an IANA name such as `Europe/Berlin` (from the machine's
    /// zone database), or `local` (the machine's own zone). `nil` where it is none of these.
    public init?(_ name: String) {
        if ["UTC", "utc", "Z", "GMT"].contains(name) {
            self = .utc
        } else if let seconds = Self.offset(name) {
            self = .fixed(seconds: seconds)
        } else if let bytes = ZoneDatabase.bytes(of: name), let table = ZoneTable(tzif: bytes) {
            self.init(name: name, zone: .table(table))
        } else {
            return nil
        }
    }

    /// Seconds ahead of UTC at `instant`, which is in seconds since the epoch.
    public func secondsFromUTC(at instant: Int64) -> Int {
        switch zone {
        case .fixed(let seconds): seconds
        case .table(let table): table.offset(at: instant)
        }
    }

    /// What a local time can mean, as offsets to take from it: two different ones in the hour that autumn repeats, the
    /// first giving the earlier instant. In the hour that spring leaves out, the offset from before holds.
    ///
    /// - Parameter local: the local time, counted as if it were UTC, in seconds since the epoch.
    func offsets(atLocal local: Int64) -> (Int, Int) {
        guard case .table(let table) = zone else {
            let seconds = secondsFromUTC(at: local)
            return (seconds, seconds)
        }
        let before = table.offset(at: local - 86_400)
        let after = table.offset(at: local + 86_400)
        let beforeHolds = table.offset(at: local - Int64(before)) == before
        let afterHolds = table.offset(at: local - Int64(after)) == after
        return switch (beforeHolds, afterHolds) {
        case (true, true): (max(before, after), min(before, after))
        case (false, true): (after, after)
        default: (before, before)
        }
    }

    private static func offset(_ text: String) -> Int? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard (1...4).contains(digits.count), digits.allSatisfy({ $0 >= "0" && $0 <= "9" }), let number = Int(digits) else { return nil }
        let (hours, minutes) = digits.count <= 2 ? (number, 0) : (number / 100, number % 100)
        guard hours <= 18, minutes < 60 else { return nil }
        return (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
