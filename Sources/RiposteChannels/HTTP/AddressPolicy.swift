public import Riposte

/// Which addresses a request may connect to. Asked with the very address that is about to be connected, so that neither a
/// name nor its change between two look-ups gets around it.
///
/// Refused unless listed: loopback, link-local (where clouds keep their metadata), unspecified, multicast and broadcast
/// addresses, the metadata addresses that lie elsewhere, and IPv6 addresses that carry one of these (NAT64, 6to4). Private
/// networks too, where a mere name leads there: whoever answers for the name would choose among the machines inside.
public struct AddressPolicy: Sendable, Hashable {
    /// What may be connected to in spite of that, as `127.0.0.1` or `169.254.169.254`.
    public var allowedNetworks: [AddressRange]

    /// Whether private networks are refused unless listed.
    public var refusesPrivate: Bool

    public init(allowedNetworks: [AddressRange] = [], refusesPrivate: Bool = false) {
        self.allowedNetworks = allowedNetworks
        self.refusesPrivate = refusesPrivate
    }

    /// What kind of refused address this is, `a loopback address`; `nil` where it may be connected to.
    public func refusal(of address: IPAddress) -> String? {
        let all = [address] + Self.carried(by: address)
        guard !all.contains(where: { one in allowedNetworks.contains { $0.contains(one) } }) else { return nil }
        if let kind = all.lazy.compactMap(Self.kind).first { return kind }
        return refusesPrivate && all.contains { one in Self.privateNetworks.contains { $0.contains(one) } } ? "a private address" : nil
    }

    /// RFC 1918, RFC 6598, RFC 4193, and the site-local addresses of old.
    private static let privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10"]
        .compactMap { AddressRange($0) }

    private static func kind(_ address: IPAddress) -> String? {
        if address.isUnspecified { return "the unspecified address" }
        if address.isLoopback { return "a loopback address" }
        if metadata.contains(address) { return "a cloud's metadata address" }
        if address.isLinkLocal { return "a link-local address" }
        guard let v4 = address.v4 else { return address.high >> 56 == 0xFF ? "a multicast address" : nil }
        switch v4 >> 24 {
        case 0: return "an address of “this network”"
        case 224...239: return "a multicast address"
        case 255 where v4 == .max: return "the broadcast address"
        default: return nil
        }
    }

    /// AWS, Google and others; AWS on IPv6; Google on IPv6; Azure's wire server; Alibaba; Oracle.
    private static let metadata = Set(
        ["169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "168.63.129.16", "100.100.100.200", "192.0.0.192"].compactMap { IPAddress($0) }
    )

    /// The IPv4 address inside a NAT64 (64:ff9b::/96), 6to4 (2002::/16) or IPv4-compatible (::/96) one.
    private static func carried(by address: IPAddress) -> [IPAddress] {
        let low = UInt32(truncatingIfNeeded: address.low)
        switch (address.high, address.low >> 32) {
        case (0x0064_FF9B_0000_0000, 0): return [IPAddress(v4: low)]
        case (0, 0) where low > 1: return [IPAddress(v4: low)]
        case (let high, _) where high >> 48 == 0x2002: return [IPAddress(v4: UInt32(truncatingIfNeeded: high >> 16))]
        default: return []
        }
    }
}
