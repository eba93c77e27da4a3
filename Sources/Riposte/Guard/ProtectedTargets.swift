/// Targets that no playbook may act on. Asked before each step that has a target, and again before a decision is
/// published.
public struct ProtectedTargets: Sendable, Hashable {
    /// Listed networks: the operator's own, the office, monitoring.
    public var networks: [AddressRange]
    /// This machine's addresses.
    public var ownAddresses: [IPAddress]
    /// System, service and break-glass accounts.
    public var users: Set<String>

    /// `root` is always protected: locking it can shut everyone out of a machine.
    public init(networks: [AddressRange] = [], ownAddresses: [IPAddress] = [], users: Set<String> = []) {
        self.networks = networks
        self.ownAddresses = ownAddresses
        self.users = users.union(["root"])
    }

    /// Why `target` must be left alone; `nil` where it need not be.
    public func refusal(for target: Target) -> String? {
        switch target {
        case .address(let range): refusal(for: range)
        case .user(let user): users.contains(user) ? "the account “\(user)” is protected" : nil
        case .session: nil
        }
    }

    private func refusal(for range: AddressRange) -> String? {
        let widest = range.network.isV4 ? 24 : 48
        if range.prefixLength < widest { return "\(range) is wider than /\(widest), the widest network that may be acted on" }
        if range.network.isUnspecified { return "\(range) is not an address of anybody" }
        if Self.loopback.contains(where: { $0.overlaps(range) }) { return "\(range) is this machine's loopback" }
        if let own = ownAddresses.first(where: range.contains) { return "\(own) is an address of this machine" }
        guard let network = networks.first(where: { $0.overlaps(range) }) else { return nil }
        return "\(range) \(network.contains(range) ? "lies in" : "covers") the protected network \(network)"
    }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }
}
