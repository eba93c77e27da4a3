/// What an attacker is counted by: an IPv4 address, or the /64 of an IPv6 address, whose lower half a client chooses freely
/// (but for those behind a NAT64 translator). The same as ``AddressRange/init(attackerAt:)``, in less space.
struct AttackerKey: Sendable, Hashable, Comparable {
    let high: UInt64
    let low: UInt64

    init(_ address: IPAddress) {
        (high, low) = (address.high, address.isV4 || address.isTranslated ? address.low : 0)
    }

    init?(_ range: AddressRange) {
        self.init(range.network)
        guard self.range == range else { return nil }
    }

    /// Whether there was no address at all.
    var isNone: Bool { high == 0 && low == 0 }

    var range: AddressRange { AddressRange(attackerAt: IPAddress(high: high, low: low)) }

    /// The /24 or /48 around it.
    var network: AddressRange { AddressRange(neighboursOf: IPAddress(high: high, low: low)) }

    static func < (a: AttackerKey, b: AttackerKey) -> Bool { a.high != b.high ? a.high < b.high : a.low < b.low }
}
