#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the line parsers ask of bytes. All of it is safe on any bytes and any index.
extension Span where Element == UInt8 {
    /// Whether `literal` stands at `index`.
    @inline(__always)
    func has(_ literal: StaticString, at index: Int) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard index >= 0, count - index >= length else { return false }
        // A StaticString is a constant of the binary: the pointer is good for `length` bytes for ever.
        let start = literal.utf8Start
        for offset in 0..<length where self[index + offset] != start[offset] { return false }
        return true
    }

    /// Where `literal`, which stands at `index`, ends; `nil` where it does not stand there.
    @inline(__always)
    func end(of literal: StaticString, at index: Int) -> Int? { has(literal, at: index) ? index + literal.utf8CodeUnitCount : nil }

    /// Whether the bytes before `end` are `literal`.
    @inline(__always)
    func has(_ literal: StaticString, before end: Int) -> Bool { has(literal, at: end - literal.utf8CodeUnitCount) }

    /// The byte at `index`; 0 outside the span.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 { index >= 0 && index < count ? self[index] : 0 }

    /// Where `byte` first stands in `start..<end`; for the short distances inside a line.
    @inline(__always)
    func first(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
        var index = max(start, 0)
        let stop = Swift.min(end, count)
        while index < stop {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// Where `byte` last stands in `start..<end`.
    @inline(__always)
    func last(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
        var index = Swift.min(end, count) - 1
        while index >= max(start, 0) {
            if self[index] == byte { return index }
            index -= 1
        }
        return nil
    }

    /// Where `literal` last stands wholly inside `range`.
    func last(_ literal: StaticString, in range: Range<Int>) -> Int? {
        var index = Swift.min(range.upperBound, count) - literal.utf8CodeUnitCount
        while index >= max(range.lowerBound, 0) {
            if has(literal, at: index) { return index }
            index -= 1
        }
        return nil
    }

    /// Where `byte` first stands at or after `start`, at the speed of the C library's vectorised search.
    @inline(__always)
    func find(_ byte: UInt8, from start: Int) -> Int? {
        guard start >= 0, start < count else { return nil }
        // The one raw pointer on the hot path: it lives for this call, and the length is the span's own.
        return withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, let hit = memchr(base + start, Int32(byte), bytes.count - start) else { return nil }
            return UnsafeRawPointer(hit) - base
        }
    }

    /// The number that `digits` decimal digits at `index` write; `nil` where there is anything else.
    @inline(__always)
    func number(at index: Int, digits: Int) -> Int? {
        guard index >= 0, count - index >= digits else { return nil }
        var value = 0
        for offset in 0..<digits {
            let digit = self[index + offset] &- 0x30
            guard digit <= 9 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// The number that fills `range`; `nil` where it is empty, longer than `digits` digits, or anything but digits.
    @inline(__always)
    func number(in range: Range<Int>, atMost digits: Int) -> Int? {
        guard !range.isEmpty, range.count <= digits else { return nil }
        return number(at: range.lowerBound, digits: range.count)
    }

    /// The eight bytes at `index`, the first in the lowest bits; `nil` where there are fewer.
    @inline(__always)
    func word(at index: Int) -> UInt64? {
        guard index >= 0, count - index >= 8 else { return nil }
        var word: UInt64 = 0
        for offset in 0..<8 { word |= UInt64(self[index + offset]) << UInt64(8 * offset) }
        return word
    }

    /// The text in `range`, with what is not UTF-8 repaired as U+FFFD, and cut to `limit` bytes (at a character's end).
    func text(in range: Range<Int>, limit: Int = 256) -> String {
        let end = cut(range, to: limit)
        guard range.lowerBound < end else { return "" }
        return extracting(range.lowerBound..<end).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// A user's name: whole where it is no longer than ``Event/longestName``. Of a longer one its beginning and a hash of all of
    /// it: two stay two, and as that is longer than what is taken whole, nobody can have written it.
    func name(in range: Range<Int>) -> String {
        guard range.count > Event.longestName else { return text(in: range, limit: Event.longestName) }
        let whole = text(in: range, limit: range.count)
        return text(in: range, limit: Event.longestName) + "…" + StableHash.id([whole])
    }

    private func cut(_ range: Range<Int>, to limit: Int) -> Int {
        guard range.count > limit else { return range.upperBound }
        var end = range.lowerBound + limit
        while end > range.lowerBound, self[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
