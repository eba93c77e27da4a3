internal import Riposte

/// The addresses of one family and prefix length. There is a plain set in the kernel for each length that occurs, and a rule
/// that looks a packet's masked source address up in it: so networks may overlap and each keeps an end of its own, and
/// a change costs the same however many there are. (One interval set of 60,000 makes every change of any set cost half a second.)
struct FirewallSet: Sendable, Hashable, Comparable {
    let isV4: Bool
    let prefixLength: Int

    init(_ range: AddressRange) {
        isV4 = range.network.isV4
        prefixLength = range.prefixLength
    }

    /// Reads `v4_32`; `nil` for a name that no set of ours has.
    init?(name: some StringProtocol) {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "v4" || parts[0] == "v6", let length = Int(parts[1]) else { return nil }
        isV4 = parts[0] == "v4"
        prefixLength = length
        guard (0...width).contains(length), self.name == name else { return nil }
    }

    var name: String { "v\(isV4 ? 4 : 6)_\(prefixLength)" }
    var type: String { isV4 ? "ipv4_addr" : "ipv6_addr" }

    /// The rule that drops what comes from it, as nft lists it.
    var rule: String {
        let field = isV4 ? "ip saddr" : "ip6 saddr"
        return prefixLength == width ? "\(field) @\(name) drop" : "\(field) & \(mask) == @\(name) drop"
    }

    /// What an element of it stands for; `nil` where it is not the first address of such a network.
    func range(_ address: some StringProtocol) -> AddressRange? {
        guard let address = IPAddress(String(address)), address.isV4 == isV4 else { return nil }
        let range = AddressRange(address, prefixLength: prefixLength)
        return range.network == address ? range : nil
    }

    static func < (a: FirewallSet, b: FirewallSet) -> Bool {
        a.isV4 != b.isV4 ? a.isV4 : a.prefixLength > b.prefixLength
    }

    private var width: Int { isV4 ? 32 : 128 }

    private var mask: IPAddress {
        let all = isV4 ? IPAddress(v4: .max) : IPAddress(high: .max, low: .max)
        return AddressRange(all, prefixLength: prefixLength).network
    }
}
