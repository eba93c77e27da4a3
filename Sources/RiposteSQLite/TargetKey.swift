internal import Riposte

/// A target as the columns of `incident_targets`.
struct TargetKey: Sendable, Hashable {
    var kind: String
    var value: String
    var first: String?

    init(_ target: Target) {
        kind = target.kind.rawValue
        value = target.value
        if case .address(let range) = target { first = range.firstKey }
    }
}

extension AddressRange {
    /// The lowest address as text that sorts like the addresses, the families apart.
    var firstKey: String { Self.key(network.high, network.low, isV4: network.isV4) }

    /// The highest address, likewise.
    var lastKey: String {
        let bits = prefixLength + (network.isV4 ? 96 : 0)
        let high: UInt64 = bits >= 64 ? 0 : ~0 >> UInt64(bits)
        let low: UInt64 = bits <= 64 ? ~0 : (bits >= 128 ? 0 : ~0 >> UInt64(bits - 64))
        return Self.key(network.high | high, network.low | low, isV4: network.isV4)
    }

    /// Every network around this one, itself included: 33 at most for IPv4, 129 for IPv6.
    var supernets: [AddressRange] { (0...prefixLength).map { AddressRange(network, prefixLength: $0) } }

    private static func key(_ high: UInt64, _ low: UInt64, isV4: Bool) -> String { "\(isV4 ? 4 : 6):\(hex(high))\(hex(low))" }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
