/// A network in CIDR notation, or a single address (a /32 or /128). Bits outside the prefix are cleared.
public struct AddressRange: Sendable, Hashable, Comparable {
    /// The first address of the network.
    public let network: IPAddress
    /// The prefix length as written for the family: 0…32 for IPv4, 0…128 for IPv6.
    public let prefixLength: Int

    /// Creates the network of `prefixLength` bits around `address`; the length is clamped to the family's range.
    public init(_ address: IPAddress, prefixLength: Int) {
        let width = address.isV4 ? 32 : 128
        let length = min(max(prefixLength, 0), width)
        let mask = Self.mask(length + (address.isV4 ? 96 : 0))
        network = IPAddress(high: address.high & mask.high, low: address.low & mask.low)
        self.prefixLength = length
    }

    /// The range that holds one address.
    public init(_ address: IPAddress) { self.init(address, prefixLength: 128) }

    /// What an attacker at `address` is keyed by: the address itself for IPv4, its /64 for IPv6, whose lower half a
    /// client chooses freely. Behind a NAT64 translator each address is another's, so there it is the address itself.
    public init(attackerAt address: IPAddress) {
        self.init(address, prefixLength: address.isV4 ? 32 : address.isTranslated ? 128 : 64)
    }

    /// The network that an attacker at `address` is likely to have more addresses in: the /24 for IPv4, behind a NAT64
    /// translator as well, the /48 for IPv6.
    init(neighboursOf address: IPAddress) {
        self.init(address, prefixLength: address.isV4 ? 24 : address.isTranslated ? 120 : 48)
    }

    /// Whether it holds more than one attacker can be keyed by.
    var isWiderThanAttacker: Bool { prefixLength < AddressRange(attackerAt: network).prefixLength }

    /// Whether this is exactly one address.
    public var isSingleAddress: Bool { prefixLength == (network.isV4 ? 32 : 128) }

    /// Whether it lies in this network as a whole. Never true across the two families.
    public func contains(_ address: IPAddress) -> Bool {
        guard address.isV4 == network.isV4 else { return false }
        let mask = Self.mask(prefixLength + (network.isV4 ? 96 : 0))
        return address.high & mask.high == network.high && address.low & mask.low == network.low
    }

    /// Whether it lies in this network as a whole. Never true across the two families.
    public func contains(_ other: AddressRange) -> Bool { other.prefixLength >= prefixLength && contains(other.network) }

    /// Whether there is an address that lies in both.
    public func overlaps(_ other: AddressRange) -> Bool { contains(other) || other.contains(self) }

    /// The IPv4 network that an IPv6 one stands for: behind a NAT64 translator, or by 6to4 (RFC 3056). `nil` = none, or so wide
    /// a one that it means the translator itself.
    var translated: AddressRange? {
        let isBehindNAT64 = network.isTranslated
        guard isBehindNAT64 || network.high >> 48 == 0x2002 else { return nil }
        let length = prefixLength - (isBehindNAT64 ? 96 : 16)
        guard length >= 8 else { return nil }
        let v4 = UInt32(truncatingIfNeeded: isBehindNAT64 ? network.low : network.high >> 16)
        return AddressRange(IPAddress(v4: v4), prefixLength: length)
    }

    /// Whether something done to one is done to an address of the other, in whichever family that is written.
    func reaches(_ other: AddressRange) -> Bool {
        overlaps(other) || translated?.overlaps(other.translated ?? other) ?? false || other.translated?.overlaps(self) ?? false
    }

    public static func < (a: AddressRange, b: AddressRange) -> Bool {
        a.network != b.network ? a.network < b.network : a.prefixLength < b.prefixLength
    }

    private static func mask(_ bits: Int) -> (high: UInt64, low: UInt64) {
        let high: UInt64 = bits >= 64 ? .max : (bits == 0 ? 0 : ~0 << UInt64(64 - bits))
        let low: UInt64 = bits <= 64 ? 0 : (bits >= 128 ? .max : ~0 << UInt64(128 - bits))
        return (high, low)
    }
}

extension AddressRange: LosslessStringConvertible {
    /// Reads `203.0.113.9`, `203.0.113.0/24` or `2001:db8::/32`.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        guard parts.count == 2 else {
            self.init(address)
            return
        }
        guard parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(parts[1]), length <= (address.isV4 ? 32 : 128) else {
            return nil
        }
        self.init(address, prefixLength: length)
    }

    /// The address alone where it is one, CIDR notation otherwise.
    public var description: String { isSingleAddress ? network.description : "\(network)/\(prefixLength)" }
}

extension AddressRange: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = AddressRange(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(text)” is not an address or network")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
