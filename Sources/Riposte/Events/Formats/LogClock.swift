/// Reads the time stamps of one source's lines, remembering the last of them: lines come many to a second.
package struct LogClock: Sendable {
    private var local: LocalTime
    /// How many times lay in the future and were set to the present.
    package private(set) var clampedTimes: UInt64 = 0
    /// How far ahead the last of them lay.
    package private(set) var lastAhead: Duration = .zero
    private var bsd = BSDMemory()
    private var rfc: RFC3339Memory?

    package init(zone: TimeZoneRule) { local = LocalTime(zone: zone) }

    private struct BSDMemory {
        var head: UInt64 = 0
        var tail: UInt64 = 0
        var time = Timestamp.distantPast
        /// While `now` lies in here, the year that was chosen is the right one.
        var earliestNow = Timestamp.distantFuture
        var latestNow = Timestamp.distantPast
    }

    private struct RFC3339Memory {
        var words: (UInt64, UInt64, UInt32)
        var seconds: Int64
    }

    /// What `time` is taken as: itself, or `now` where it lies after it, which is counted.
    @inline(__always)
    package mutating func clamped(_ time: Timestamp, now: Timestamp) -> Timestamp {
        guard time > now else { return time }
        noteClamped(by: time - now)
        return now
    }

    /// Counts a time that was set to the present.
    package mutating func noteClamped(by ahead: Duration) {
        clampedTimes += 1
        lastAhead = ahead
    }

    // MARK: RFC 3164: `Nov 21 07:01:02`

    /// The time in the 15 bytes at `start`, in the latest year that puts it no later than a day after `now`.
    ///
    /// The offset of a local time is that of the source's zone; of the two instants of a repeated hour, the one that
    /// goes on from the lines before.
    @inline(__always)
    package mutating func bsd(_ line: Span<UInt8>, at start: Int, now: Timestamp) -> Timestamp? {
        guard let head = line.word(at: start), let tail = line.word(at: start + 7) else { return nil }
        if head == bsd.head, tail == bsd.tail, bsd.earliestNow <= now, now < bsd.latestNow { return bsd.time }
        guard let time = readBSD(line, at: start, now: now) else { return nil }
        bsd = BSDMemory(head: head, tail: tail, time: time, earliestNow: time - Self.skew, latestNow: time + Self.almostAYear)
        return time
    }

    private static let skew = Duration.hours(24)
    private static let almostAYear = Duration.hours(24 * 364)

    private mutating func readBSD(_ line: Span<UInt8>, at start: Int, now: Timestamp) -> Timestamp? {
        guard let month = monthNumber(line, at: start), line.byte(start + 3) == 0x20, line.byte(start + 6) == 0x20,
            let second = secondOfDay(line, at: start + 7)
        else { return nil }
        let tens = line.byte(start + 4)
        guard let ones = line.number(at: start + 5, digits: 1), tens == 0x20 || tens &- 0x30 <= 3 else { return nil }
        let day = (tens == 0x20 ? 0 : Int(tens - 0x30) * 10) + ones
        return latest(month: month, day: day, second: second, now: now)
    }

    private mutating func latest(month: Int, day: Int, second: Int, now: Timestamp) -> Timestamp? {
        let limit = now + Self.skew
        let days = max(-4_000_000, min(4_000_000, (limit.seconds / 86_400) + 1))
        var year = CivilDate(daysSinceEpoch: Int(days)).year
        let oldest = year - 9  // 29 February may be eight years back
        while year >= oldest {
            if day >= 1, day <= CivilDate.days(in: month, of: year) {
                let date = CivilDate(year: year, month: month, day: day).daysSinceEpoch
                let time = Timestamp(seconds: local.instant(Int64(date) * 86_400 + Int64(second)))
                if time <= limit {
                    local.settle(time.seconds)
                    return time
                }
            }
            year -= 1
        }
        return nil
    }

    // MARK: RFC 3339: `2026-11-21T07:01:02.123456+01:00`

    /// The time that fills `range`; one without an offset is local to the source's zone.
    package mutating func rfc3339(_ line: Span<UInt8>, _ range: Range<Int>) -> Timestamp? {
        guard range.count >= 19, range.count <= 40, let seconds = civilSeconds(line, at: range.lowerBound) else { return nil }
        var index = range.lowerBound + 19
        let fraction = microseconds(line, at: &index, to: range.upperBound)
        guard let fraction else { return nil }
        guard index < range.upperBound else {
            let instant = local.instant(seconds)
            local.settle(instant)
            return Timestamp(microseconds: instant * 1_000_000 + fraction)
        }
        guard let offset = zoneOffset(line, index..<range.upperBound) else { return nil }
        return Timestamp(microseconds: (seconds - Int64(offset)) * 1_000_000 + fraction)
    }

    /// `2026-11-21T07:01:02` as if it were UTC, from memory where it is the one of the line before.
    private mutating func civilSeconds(_ line: Span<UInt8>, at start: Int) -> Int64? {
        guard let first = line.word(at: start), let second = line.word(at: start + 8), let last = line.word(at: start + 11) else {
            return nil
        }
        let words = (first, second, UInt32(truncatingIfNeeded: last >> 32))
        if let rfc, words == rfc.words { return rfc.seconds }
        guard let seconds = readCivil(line, at: start) else { return nil }
        rfc = RFC3339Memory(words: words, seconds: seconds)
        return seconds
    }

    private func readCivil(_ line: Span<UInt8>, at start: Int) -> Int64? {
        guard let year = line.number(at: start, digits: 4), line.byte(start + 4) == 0x2D,
            let month = line.number(at: start + 5, digits: 2), line.byte(start + 7) == 0x2D,
            let day = line.number(at: start + 8, digits: 2), [0x54, 0x74, 0x20].contains(line.byte(start + 10)),
            let second = secondOfDay(line, at: start + 11),
            year >= 1, (1...12).contains(month), day >= 1, day <= CivilDate.days(in: month, of: year)
        else { return nil }
        return Int64(CivilDate(year: year, month: month, day: day).daysSinceEpoch) * 86_400 + Int64(second)
    }

    private func microseconds(_ line: Span<UInt8>, at index: inout Int, to end: Int) -> Int64? {
        guard index < end, line[index] == 0x2E || line[index] == 0x2C else { return 0 }
        index += 1
        let start = index
        var (value, scale): (Int64, Int64) = (0, 100_000)
        while index < end, isDigit(line[index]) {
            value += Int64(line[index] - 0x30) * scale
            scale /= 10
            index += 1
        }
        return index > start ? value : nil
    }

    // MARK: Access logs: `21/Nov/2026:07:01:02 +0000`

    /// The time in the 26 bytes at `start`.
    package func accessLog(_ line: Span<UInt8>, at start: Int) -> Timestamp? {
        guard let day = line.number(at: start, digits: 2), line.byte(start + 2) == 0x2F, let month = monthNumber(line, at: start + 3),
            line.byte(start + 6) == 0x2F, let year = line.number(at: start + 7, digits: 4), line.byte(start + 11) == 0x3A,
            let second = secondOfDay(line, at: start + 12), line.byte(start + 20) == 0x20,
            let offset = zoneOffset(line, start + 21..<start + 26),
            year >= 1, day >= 1, day <= CivilDate.days(in: month, of: year)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        return Timestamp(seconds: Int64(date) * 86_400 + Int64(second - offset))
    }
}

/// `07:01:02` in seconds; a leap second (60) is taken.
private func secondOfDay(_ line: Span<UInt8>, at start: Int) -> Int? {
    guard let hour = line.number(at: start, digits: 2), line.byte(start + 2) == 0x3A,
        let minute = line.number(at: start + 3, digits: 2), line.byte(start + 5) == 0x3A,
        let second = line.number(at: start + 6, digits: 2), hour < 24, minute < 60, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
}

/// `Z`, `+02:00`, `+0200` or `+02` in seconds.
private func zoneOffset(_ line: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let sign = line.byte(range.lowerBound)
    if range.count == 1 { return sign == 0x5A || sign == 0x7A ? 0 : nil }
    guard sign == 0x2B || sign == 0x2D, let hours = line.number(at: range.lowerBound + 1, digits: 2), hours < 24 else { return nil }
    var minutes: Int? = 0
    switch range.count {
    case 3: break
    case 5: minutes = line.number(at: range.lowerBound + 3, digits: 2)
    case 6: minutes = line.byte(range.lowerBound + 3) == 0x3A ? line.number(at: range.lowerBound + 4, digits: 2) : nil
    default: return nil
    }
    guard let minutes, minutes < 60 else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == 0x2D ? -1 : 1)
}

/// `Jan` … `Dec` as 1…12.
private func monthNumber(_ line: Span<UInt8>, at start: Int) -> Int? {
    let name = UInt32(line.byte(start)) << 16 | UInt32(line.byte(start + 1)) << 8 | UInt32(line.byte(start + 2))
    return switch name {
    case 0x4A_616E: 1
    case 0x46_6562: 2
    case 0x4D_6172: 3
    case 0x41_7072: 4
    case 0x4D_6179: 5
    case 0x4A_756E: 6
    case 0x4A_756C: 7
    case 0x41_7567: 8
    case 0x53_6570: 9
    case 0x4F_6374: 10
    case 0x4E_6F76: 11
    case 0x44_6563: 12
    default: nil
    }
}
