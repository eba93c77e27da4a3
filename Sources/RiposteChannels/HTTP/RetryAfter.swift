internal import Riposte

/// Reads `Retry-After` (RFC 9110, 10.2.3).
enum RetryAfter {
    /// - Parameter date: the response's `Date`, from which a date in `text` is counted. The machine's own clock may differ.
    static func duration(_ text: String, date: String?) -> Duration? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return Int64(text).map { .seconds($0) } }
        guard let until = instant(text), let now = date.flatMap(instant) else { return nil }
        return .seconds(max(until - now, 0))
    }

    /// Seconds since the epoch of an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func instant(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { number($0, 0...60) }
        guard let day = number(parts[1], 1...31), let year = number(parts[3], 1970...9999), clock.count == 3 else { return nil }
        let days = CivilDate(year: year, month: month + 1, day: day).daysSinceEpoch
        return Int64(days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text), range.contains(value) else { return nil }
        return value
    }
}
