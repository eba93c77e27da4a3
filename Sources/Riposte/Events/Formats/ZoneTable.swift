/// The offsets of one time zone: a table of past changes and the rule for the time after them (RFC 9636).
struct ZoneTable: Sendable, Hashable {
    private var instants: [Int64] = []
    private var offsets: [Int] = []
    private var firstOffset = 0
    private var tail: ZoneTail?

    /// Reads a TZif file of any version; `nil` where the bytes are none.
    init?(tzif bytes: [UInt8]) {
        var reader = ByteReader(bytes: bytes)
        guard let header = TZifHeader(&reader) else { return nil }
        guard header.version >= 0x32 else {
            guard readBlock(header, timeSize: 4, &reader) else { return nil }
            return
        }
        guard reader.skip(header.blockLength(timeSize: 4)), let second = TZifHeader(&reader),
            readBlock(second, timeSize: 8, &reader)
        else { return nil }
        tail = ZoneTail(posix: reader.line())
    }

    /// Seconds ahead of UTC at `instant`.
    func offset(at instant: Int64) -> Int {
        guard let last = instants.last else { return tail?.offset(at: instant) ?? firstOffset }
        if instant >= last { return tail?.offset(at: instant) ?? offsets[offsets.count - 1] }
        var (low, high) = (0, instants.count)  // the first change after `instant` lies in low...high
        while low < high {
            let middle = (low + high) / 2
            if instants[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : offsets[low - 1]
    }

    private mutating func readBlock(_ header: TZifHeader, timeSize: Int, _ reader: inout ByteReader) -> Bool {
        guard header.typeCount > 0, header.timeCount <= 10_000, header.typeCount <= 256 else { return false }
        var indices: [Int] = []
        var types: [Int] = []
        for _ in 0..<header.timeCount {
            guard let instant = reader.integer(timeSize) else { return false }
            instants.append(instant)
        }
        for _ in 0..<header.timeCount {
            guard let index = reader.integer(1) else { return false }
            indices.append(Int(index) & 0xFF)
        }
        for _ in 0..<header.typeCount {
            guard let offset = reader.integer(4), reader.skip(2), abs(offset) < 100_000 else { return false }
            types.append(Int(offset))
        }
        guard indices.allSatisfy({ $0 < types.count }), zip(instants, instants.dropFirst()).allSatisfy({ $0 < $1 }) else { return false }
        offsets = indices.map { types[$0] }
        firstOffset = types[0]
        return reader.skip(header.restLength(timeSize: timeSize))
    }
}

private struct TZifHeader {
    var version: UInt8
    private var utcCount, standardCount, leapCount: Int
    var timeCount, typeCount: Int
    private var characterCount: Int

    init?(_ reader: inout ByteReader) {
        guard reader.integer(4) == 0x545A_6966, let version = reader.integer(1), reader.skip(15) else { return nil }
        self.version = UInt8(truncatingIfNeeded: version)
        var counts: [Int] = []
        for _ in 0..<6 {
            guard let count = reader.integer(4), (0...1_000_000).contains(count) else { return nil }
            counts.append(Int(count))
        }
        (utcCount, standardCount, leapCount) = (counts[0], counts[1], counts[2])
        (timeCount, typeCount, characterCount) = (counts[3], counts[4], counts[5])
    }

    func blockLength(timeSize: Int) -> Int { timeCount * (timeSize + 1) + typeCount * 6 + restLength(timeSize: timeSize) }
    func restLength(timeSize: Int) -> Int { characterCount + leapCount * (timeSize + 4) + standardCount + utcCount }
}

private struct ByteReader {
    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A signed big-endian integer of `size` bytes.
    mutating func integer(_ size: Int) -> Int64? {
        guard bytes.count - index >= size else { return nil }
        var value: Int64 = bytes[index] & 0x80 != 0 ? -1 : 0
        for byte in bytes[index..<index + size] { value = value << 8 | Int64(byte) }
        index += size
        return value
    }

    mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, bytes.count - index >= count else { return false }
        index += count
        return true
    }

    /// The line after the data blocks, which holds the rule.
    mutating func line() -> [UInt8] {
        guard index < bytes.count, bytes[index] == 0x0A else { return [] }
        return Array(bytes[(index + 1)...].prefix { $0 != 0x0A })
    }
}
