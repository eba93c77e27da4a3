/// Where the parts of a syslog line lie. Offsets only: nothing is copied, and the time is read when it is asked for.
///
/// Three shapes are understood, each with and without a leading `<pri>`:
/// - RFC 3164, `Nov 21 07:01:02 host sshd[123]: message` (the host may be missing, as on `/dev/log`);
/// - RFC 5424, `1 2026-11-21T07:01:02.123Z host sshd 123 - - message`, with structured data; the version may be missing;
/// - an RFC 3339 time in front of the older shape, as rsyslog's file format and `journalctl -o short-iso` write it.
package struct SyslogFrame: Sendable, Equatable {
    package enum Stamp: Sendable, Equatable {
        case bsd(Int)
        case rfc3339(Range<Int>)
        /// RFC 5424's `-`.
        case missing
    }

    package var stamp: Stamp
    /// Empty where the line names no host.
    package var host: Range<Int>
    /// Empty where the line names no program, as `last message repeated 2 times`.
    package var program: Range<Int>
    /// The process's number; 0 where there is none.
    package var processID: UInt32 = 0
    /// The message, without a byte order mark.
    package var message: Range<Int>

    /// Finds the parts of `line`; `nil` where it has none of the shapes. O(length of the header).
    @inline(__always)
    package init?(_ line: Span<UInt8>) {
        let start = line.byte(0) == 0x3C ? Self.afterPriority(line) : 0
        guard let start, line.count - start > 16 else { return nil }
        if line[start] >= 0x41 { self.init(bsd: line, from: start) } else { self.init(dated: line, from: start) }
    }

    /// The index after `<38>`.
    private static func afterPriority(_ line: Span<UInt8>) -> Int? {
        guard let close = line.first(0x3E, from: 1, to: 5), line.number(in: 1..<close, atMost: 3) != nil else { return nil }
        return close + 1
    }

    @inline(__always)
    private init?(bsd line: Span<UInt8>, from start: Int) {
        guard line[start + 3] == 0x20, line[start + 6] == 0x20, line[start + 9] == 0x3A, line[start + 12] == 0x3A, line[start + 15] == 0x20,
            let hostEnd = line.first(0x20, from: start + 16, to: line.count)
        else { return nil }
        let hasHost = line[hostEnd - 1] != 0x3A
        stamp = .bsd(start)
        host = start + 16..<(hasHost ? hostEnd : start + 16)
        (program, message) = (0..<0, 0..<0)
        guard readTag(line, from: hasHost ? hostEnd + 1 : start + 16) else { return nil }
    }

    /// RFC 5424, or the older shape with an RFC 3339 time.
    private init?(dated line: Span<UInt8>, from start: Int) {
        let hasVersion = isDigit(line[start]) && line[start + 1] == 0x20
        let stampStart = hasVersion ? start + 2 : start
        guard let stampEnd = line.first(0x20, from: stampStart, to: stampStart + 41),
            let hostEnd = line.first(0x20, from: stampEnd + 1, to: line.count)
        else { return nil }
        if stampEnd == stampStart + 1, line[stampStart] == 0x2D, hasVersion {
            stamp = .missing
        } else {
            guard stampEnd - stampStart >= 19, line[stampStart + 4] == 0x2D else { return nil }
            stamp = .rfc3339(stampStart..<stampEnd)
        }
        host = stampEnd + 1..<hostEnd
        (program, message) = (0..<0, 0..<0)
        if hasVersion {
            guard readStructured(line, from: hostEnd + 1) else { return nil }
        } else if !readTag(line, from: hostEnd + 1) {
            return nil
        } else if program.isEmpty {
            _ = readStructured(line, from: hostEnd + 1)
        }
    }

    /// `sshd[123]: message`. A line without a program keeps an empty one, and all of it is the message.
    @inline(__always)
    private mutating func readTag(_ line: Span<UInt8>, from start: Int) -> Bool {
        var index = start
        let count = line.count
        while index < count {
            let byte = line[index]
            if byte == 0x5B || byte == 0x3A || byte == 0x20 { break }
            index += 1
        }
        guard index > start, index < count else { return false }
        guard line[index] != 0x20 else {
            (program, message) = (start..<start, start..<count)
            return true
        }
        program = start..<index
        if line[index] == 0x5B {
            guard let close = readProcessID(line, from: index + 1) else { return false }
            index = close + 1
        }
        if line.byte(index) == 0x3A { index += 1 }
        if line.byte(index) == 0x20 { index += 1 }
        message = min(index, count)..<count
        return true
    }

    /// Reads `123]`; anything else between the brackets counts as no number.
    @inline(__always)
    private mutating func readProcessID(_ line: Span<UInt8>, from start: Int) -> Int? {
        var value: UInt32 = 0
        var index = start
        while index < line.count, isDigit(line[index]) {
            value = value &* 10 &+ UInt32(line[index] &- 0x30)
            index += 1
        }
        if line.byte(index) == 0x5D {
            processID = index - start <= 10 ? value : 0
            return index
        }
        return line.first(0x5D, from: index, to: index + 64)
    }

    /// `sshd 123 ID47 [a b="c"] message`. Changes nothing where it is not that.
    private mutating func readStructured(_ line: Span<UInt8>, from start: Int) -> Bool {
        guard let nameEnd = line.first(0x20, from: start, to: start + 49), nameEnd > start,
            let numberEnd = line.first(0x20, from: nameEnd + 1, to: nameEnd + 130), numberEnd > nameEnd + 1,
            let idEnd = line.first(0x20, from: numberEnd + 1, to: numberEnd + 34), idEnd > numberEnd + 1,
            let dataEnd = Self.afterStructuredData(line, from: idEnd + 1)
        else { return false }
        var index = dataEnd
        if index < line.count {
            guard line[index] == 0x20 else { return false }
            index += 1
        }
        if line.has("\u{FEFF}", at: index) { index += 3 }
        // rsyslog writes the space that RFC 3164 has behind the tag in front of the message.
        while line.byte(index) == 0x20 { index += 1 }
        program = start..<nameEnd
        processID = line.number(in: nameEnd + 1..<numberEnd, atMost: 9).map { UInt32($0) } ?? 0
        message = index..<line.count
        return true
    }

    /// The index after `-` or `[id a="x \" \] y"][id2]`.
    private static func afterStructuredData(_ line: Span<UInt8>, from start: Int) -> Int? {
        if line.byte(start) == 0x2D { return start + 1 }
        guard line.byte(start) == 0x5B else { return nil }
        var index = start
        while line.byte(index) == 0x5B {
            guard let end = afterElement(line, from: index + 1) else { return nil }
            index = end
        }
        return index
    }

    private static func afterElement(_ line: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        var isQuoted = false
        while index < line.count {
            switch line[index] {
            case 0x5C where isQuoted: index += 1
            case 0x22: isQuoted.toggle()
            case 0x5D where !isQuoted: return index + 1
            default: break
            }
            index += 1
        }
        return nil
    }
}

extension LogClock {
    /// The time of a syslog line; `nil` where what stands there is none.
    @inline(__always)
    package mutating func time(of frame: SyslogFrame, in line: Span<UInt8>, now: Timestamp) -> Timestamp? {
        switch frame.stamp {
        case .bsd(let start): bsd(line, at: start, now: now)
        case .rfc3339(let range): rfc3339(line, range)
        case .missing: nil
        }
    }
}
