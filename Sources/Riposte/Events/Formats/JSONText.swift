/// Strings and numbers of JSON, read from where they lie.
enum JSONText {
    /// The index of the first byte at or after `start` that ends a run of plain text: a quotation mark, a backslash or a
    /// control character. Eight bytes at a time: a byte of `x` is zero where `(x - 1) & ~x` has its highest bit set, and below
    /// the first such bit the answer is exact.
    @inline(__always)
    static func plainEnd(_ line: Span<UInt8>, _ start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while let word = line.word(at: index) {
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            let found = ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) & ~word) & (ones &* 0x80)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < line.count, line[index] != 0x22, line[index] != 0x5C, line[index] >= 0x20 { index += 1 }
        return index
    }

    /// How many bytes the escape at `index` takes; `nil` where it is none (RFC 8259, section 7).
    static func escapeLength(_ line: Span<UInt8>, _ index: Int) -> Int? {
        switch line.byte(index + 1) {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: 2
        case 0x75: codeUnit(line, index + 2) == nil ? nil : 6
        default: nil
        }
    }

    private static func codeUnit(_ line: Span<UInt8>, _ index: Int) -> UInt32? {
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = hexDigit(line.byte(index + offset)) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// The bytes of a string with its escapes resolved; half a surrogate pair becomes U+FFFD.
    static func unescaped(_ line: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard line[index] == 0x5C else {
                bytes.append(line[index])
                index += 1
                continue
            }
            if line.byte(index + 1) == 0x75 {
                index = appendScalar(line, index, &bytes)
            } else {
                bytes.append(simple(line.byte(index + 1)))
                index += 2
            }
        }
        return bytes
    }

    private static func simple(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: byte
        }
    }

    /// Reads `\uXXXX`, and a second one where the two are a surrogate pair; returns the index after it.
    private static func appendScalar(_ line: Span<UInt8>, _ index: Int, _ bytes: inout [UInt8]) -> Int {
        let unit = codeUnit(line, index + 2) ?? 0xFFFD
        var value = unit
        var end = index + 6
        if unit & 0xFC00 == 0xD800, line.byte(end) == 0x5C, line.byte(end + 1) == 0x75,
            let low = codeUnit(line, end + 2), low & 0xFC00 == 0xDC00
        {
            value = 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
            end += 6
        }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
        return end
    }

    /// The text of a string, or of a number or truth value as it is written; cut to `limit` bytes.
    @inline(__always)
    static func text(_ line: Span<UInt8>, _ value: JSONScanner.Value, limit: Int = 256) -> String {
        guard value.kind == .escapedText else { return line.text(in: value.start..<value.end, limit: limit) }
        let bytes = unescaped(line, value.start..<value.end)
        return bytes.span.text(in: 0..<bytes.count, limit: limit)
    }

    /// A user's name, as ``Span/name(in:)`` has it.
    @inline(__always)
    static func name(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> String {
        guard value.kind == .escapedText else { return line.name(in: value.start..<value.end) }
        let bytes = unescaped(line, value.start..<value.end)
        return bytes.span.name(in: 0..<bytes.count)
    }

    /// The whole number that a number or a string of digits writes; a fraction is cut off. `nil` where it is none or does
    /// not fit.
    static func integer(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> Int64? {
        guard value.kind == .number || value.kind == .text else { return nil }
        let isNegative = line.byte(value.start) == 0x2D
        var index = isNegative ? value.start + 1 : value.start
        var number: Int64 = 0
        let first = index
        while index < value.end, isDigit(line[index]) {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.addingReportingOverflow(Int64(line[index] - 0x30))
            guard !overflow, !overflow2 else { return nil }
            number = sum
            index += 1
        }
        guard index > first else { return nil }
        if index < value.end {
            guard value.kind == .number, line[index] == 0x2E,
                line.first(0x65, from: index, to: value.end) ?? line.first(0x45, from: index, to: value.end) == nil
            else { return nil }
        }
        return isNegative ? -number : number
    }

    /// The first six digits after the decimal point, as millionths.
    static func millionths(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> Int64 {
        guard let point = line.first(0x2E, from: value.start, to: value.end) else { return 0 }
        var (number, scale): (Int64, Int64) = (0, 100_000)
        var index = point + 1
        while index < value.end, scale > 0, isDigit(line[index]) {
            number += Int64(line[index] - 0x30) * scale
            scale /= 10
            index += 1
        }
        return number
    }
}
