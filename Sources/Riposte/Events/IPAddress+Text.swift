extension IPAddress: LosslessStringConvertible {
    /// Reads `203.0.113.9`, `2001:db8::1`, `::ffff:203.0.113.9` or `[2001:db8::1]`; a zone (`%eth0`) is not accepted.
    public init?(_ text: String) {
        var copy = text
        guard let parsed = copy.withUTF8({ IPAddress(utf8: $0[...]) }) else { return nil }
        self = parsed
    }

    package init?(utf8 bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        guard bytes.count >= 2, bytes.count <= 48 else { return nil }
        if bytes.first == 0x5B {
            guard bytes.last == 0x5D else { return nil }
            self.init(utf8: bytes.dropFirst().dropLast())
            return
        }
        let address: IPAddress? = bytes.withContiguousStorageIfAvailable { IPAddress(span: $0.span) } ?? nil
        guard let address else { return nil }
        self = address
    }

    /// Reads an address that fills the whole span. Safe on any bytes.
    @inlinable
    public init?(span bytes: Span<UInt8>) {
        var hasColon = false
        var index = 0
        while index < bytes.count, index < 6 {
            if bytes[index] == 0x3A { hasColon = true }
            index += 1
        }
        if hasColon { self.init(v6: bytes) } else { self.init(v4Text: bytes, from: 0) }
    }

    @usableFromInline
    init?(v4Text bytes: Span<UInt8>, from start: Int) {
        var value: UInt32 = 0
        var part: UInt32 = 0
        var digits = 0
        var dots = 0
        guard bytes.count - start >= 7, bytes.count - start <= 15 else { return nil }
        for index in start..<bytes.count {
            let byte = bytes[index]
            if byte >= 0x30, byte <= 0x39 {
                guard digits == 0 || part != 0 else { return nil }  // no leading zeros: 010 is octal to some readers
                part = part * 10 + UInt32(byte - 0x30)
                digits += 1
                guard part <= 255, digits <= 3 else { return nil }
            } else if byte == 0x2E {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | part
                (part, digits, dots) = (0, 0, dots + 1)
            } else {
                return nil
            }
        }
        guard dots == 3, digits > 0 else { return nil }
        self.init(v4: value << 8 | part)
    }

    @usableFromInline
    init?(v6 bytes: Span<UInt8>) {
        var groups: (UInt64, UInt64) = (0, 0)  // filled from the most significant group
        var count = 0
        var gap: Int? = nil
        var index = 0
        func put(_ group: UInt64) -> Bool {
            guard count < 8 else { return false }
            if count < 4 { groups.0 |= group << UInt64(48 - 16 * count) } else { groups.1 |= group << UInt64(48 - 16 * (count - 4)) }
            count += 1
            return true
        }
        guard bytes.count >= 2, bytes.count <= 45 else { return nil }
        if bytes[0] == 0x3A {
            guard bytes[1] == 0x3A else { return nil }
            (gap, index) = (0, 2)
        }
        while index < bytes.count {
            let start = index
            var group: UInt64 = 0
            while index < bytes.count, let digit = hexDigit(bytes[index]) {
                group = group << 4 | UInt64(digit)
                index += 1
                guard index - start <= 4 else { return nil }
            }
            if index < bytes.count, bytes[index] == 0x2E {
                guard count <= 6, let tail = IPAddress(v4Text: bytes, from: start), let value = tail.v4 else { return nil }
                guard put(UInt64(value >> 16)), put(UInt64(value & 0xFFFF)) else { return nil }
                index = bytes.count
                break
            }
            guard index > start, put(group) else { return nil }
            guard index < bytes.count else { break }
            guard bytes[index] == 0x3A, index + 1 < bytes.count else { return nil }
            index += 1
            if bytes[index] == 0x3A {
                guard gap == nil else { return nil }
                gap = count
                index += 1
            }
        }
        guard let gap else {
            guard count == 8 else { return nil }
            self.init(high: groups.0, low: groups.1)
            return
        }
        guard count < 8 else { return nil }
        let all = UInt128(groups.0) << 64 | UInt128(groups.1)
        let headMask: UInt128 = gap == 0 ? 0 : ~UInt128(0) << UInt128(128 - 16 * gap)
        let tail = (all & ~headMask) >> UInt128(16 * (8 - count))
        let value = (all & headMask) | tail
        self.init(high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }

    /// The canonical text of RFC 5952; dotted quad for IPv4.
    public var description: String {
        if let v4 { return "\(v4 >> 24).\(v4 >> 16 & 255).\(v4 >> 8 & 255).\(v4 & 255)" }
        let groups: [UInt16] = (0..<8).map { (index: Int) -> UInt16 in
            let half: UInt64 = index < 4 ? high : low
            return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (index % 4)))
        }
        guard let run = Self.longestZeroRun(groups) else { return groups.map { String($0, radix: 16) }.joined(separator: ":") }
        let head = groups[..<run.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
        let tail = groups[run.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
        return head + "::" + tail
    }

    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var index = 0
        while index < 8 {
            let start = index
            while index < 8, groups[index] == 0 { index += 1 }
            if index - start >= 2, index - start > (best?.count ?? 0) { best = start..<index }
            index += 1
        }
        return best
    }
}

@usableFromInline
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x57
    case 0x41...0x46: byte - 0x37
    default: nil
    }
}

extension IPAddress: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = IPAddress(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(text)” is not an IP address")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
