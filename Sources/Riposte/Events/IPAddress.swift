/// An IPv4 or IPv6 address as a 128-bit number. IPv4 is held in its mapped form (`::ffff:a.b.c.d`), and a mapped
/// address that is read *is* the IPv4 address, so that one client has one spelling.
public struct IPAddress: Sendable, Hashable, Comparable {
    /// The upper and lower 64 bits, in network order of significance.
    public let high: UInt64
    /// The lower 64 bits; of an IPv4 address `0xffff` and the address itself.
    public let low: UInt64

    /// Creates the address of these 128 bits; those of a mapped IPv4 address give the IPv4 address.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Creates an IPv4 address out of its number: `0xCB007107` is 203.0.113.7.
    public init(v4 value: UInt32) {
        high = 0
        low = 0x0000_FFFF_0000_0000 | UInt64(value)
    }

    /// Whether this is an IPv4 address.
    public var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// The IPv4 address as a number; `nil` for IPv6.
    public var v4: UInt32? { isV4 ? UInt32(truncatingIfNeeded: low) : nil }

    /// Whether it stands for an IPv4 client behind a NAT64 translator: 64:ff9b::/96 (RFC 6052), 64:ff9b:1::/48 (RFC 8215).
    public var isTranslated: Bool {
        guard high >> 32 == 0x0064_FF9B else { return false }
        return high == 0x0064_FF9B_0000_0000 && low >> 32 == 0 || high >> 16 == 0x0064_FF9B_0001
    }

    /// Whether this is 127.0.0.0/8 or ::1.
    public var isLoopback: Bool { v4.map { $0 >> 24 == 127 } ?? (high == 0 && low == 1) }

    /// Whether this is 169.254.0.0/16 or fe80::/10.
    public var isLinkLocal: Bool { v4.map { $0 >> 16 == 0xA9FE } ?? (high >> 54 == 0x3FA) }

    /// Whether this is 0.0.0.0 or ::.
    public var isUnspecified: Bool { v4.map { $0 == 0 } ?? (high == 0 && low == 0) }

    public static func < (a: IPAddress, b: IPAddress) -> Bool { a.high != b.high ? a.high < b.high : a.low < b.low }
}
