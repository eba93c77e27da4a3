/// The rule of a zone for the time after its last listed change: a POSIX `TZ` value such as `CET-1CEST,M3.5.0,M10.5.0/3`
/// (POSIX.1, chapter 8.3, with the extension of RFC 9636 that hours may lie in -167…167).
struct ZoneTail: Sendable, Hashable {
    private var standard: Int
    private var summer: Summer?

    private struct Summer: Sendable, Hashable {
        var offset: Int
        var start, end: Change
    }

    private struct Change: Sendable, Hashable {
        enum Day: Sendable, Hashable {
            case julian(Int)  // 1…365, 29 February never counted
            case zeroBased(Int)  // 0…365
            case weekday(month: Int, week: Int, day: Int)
        }
        var day: Day
        var seconds: Int
    }

    init?(posix text: [UInt8]) {
        var scanner = Scanner(text: text)
        guard scanner.skipName(), let west = scanner.time() else { return nil }
        standard = -west
        guard scanner.skipName() else { return }
        let offset = scanner.peek == 0x2C ? standard + 3600 : scanner.time().map { -$0 }
        guard let offset, scanner.take(0x2C), let start = scanner.change(), scanner.take(0x2C), let end = scanner.change() else {
            return nil
        }
        summer = Summer(offset: offset, start: start, end: end)
    }

    func offset(at instant: Int64) -> Int {
        guard let summer else { return standard }
        let local = instant + Int64(standard)
        guard abs(local) < 1 << 45 else { return standard }
        let year = CivilDate(daysSinceEpoch: Int((local >= 0 ? local : local - 86_399) / 86_400)).year
        let start = Self.instant(of: summer.start, in: year) - Int64(standard)
        let end = Self.instant(of: summer.end, in: year) - Int64(summer.offset)
        let isSummer = start < end ? instant >= start && instant < end : !(instant >= end && instant < start)
        return isSummer ? summer.offset : standard
    }

    /// The local time of a change, counted as if it were UTC.
    private static func instant(of change: Change, in year: Int) -> Int64 {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
        let days: Int
        switch change.day {
        case .zeroBased(let day): days = newYear + day
        case .julian(let day): days = newYear + day - 1 + (CivilDate.days(in: 2, of: year) == 29 && day >= 60 ? 1 : 0)
        case .weekday(let month, let week, let day):
            let first = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
            let weekday = ((first + 4) % 7 + 7) % 7  // 1970-01-01 was a Thursday
            let offset = (day - weekday + 7) % 7 + (week - 1) * 7
            days = first + (offset < CivilDate.days(in: month, of: year) ? offset : offset - 7)
        }
        return Int64(days) * 86_400 + Int64(change.seconds)
    }

    private struct Scanner {
        let text: [UInt8]
        var index = 0

        var peek: UInt8 { index < text.count ? text[index] : 0 }

        mutating func take(_ byte: UInt8) -> Bool {
            guard peek == byte else { return false }
            index += 1
            return true
        }

        /// Passes over `CET` or `<+0330>`.
        mutating func skipName() -> Bool {
            let start = index
            if take(0x3C) {
                while index < text.count, peek != 0x3E { index += 1 }
                return take(0x3E)
            }
            while (peek | 0x20) &- 0x61 < 26 { index += 1 }
            return index - start >= 3
        }

        mutating func number() -> Int? {
            let start = index
            var value = 0
            while isDigit(peek), index - start < 4 {
                value = value * 10 + Int(peek - 0x30)
                index += 1
            }
            return index > start ? value : nil
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int? {
            let sign = take(0x2D) ? -1 : 1
            if sign == 1 { _ = take(0x2B) }
            guard let hours = number(), hours <= 167 else { return nil }
            var seconds = hours * 3600
            if take(0x3A) { seconds += (number() ?? 0) * 60 }
            if take(0x3A) { seconds += number() ?? 0 }
            return sign * seconds
        }

        mutating func change() -> Change? {
            guard let day = day() else { return nil }
            guard take(0x2F) else { return Change(day: day, seconds: 7200) }
            return time().map { Change(day: day, seconds: $0) }
        }

        private mutating func day() -> Change.Day? {
            if take(0x4A) { return number().flatMap { (1...365).contains($0) ? .julian($0) : nil } }
            guard take(0x4D) else { return number().flatMap { $0 <= 365 ? .zeroBased($0) : nil } }
            guard let month = number(), take(0x2E), let week = number(), take(0x2E), let day = number(),
                (1...12).contains(month), (1...5).contains(week), day <= 6
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
    }
}
