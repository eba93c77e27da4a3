/// Targets that no playbook and no person may act on. Asked before each step that has a target, for each effect that a step
/// plans, and again before a decision is published.
public struct ProtectedTargets: Sendable, Hashable {
    /// Listed networks: the operator's own, the office, monitoring.
    public var networks: [AddressRange]
    /// This machine's addresses.
    public var ownAddresses: [IPAddress]
    /// System, service and break-glass accounts, and the members of protected roles.
    public var users: Set<String> { didSet { userNames = Set(users.map(AccountName.init)) } }
    /// What stands in front of a service: everybody comes from there.
    public var proxies: [AddressRange]
    /// What stands between this machine and the rest.
    public var gateways: [AddressRange]
    /// Who can mend things. The last of them whom nothing shuts out is left alone.
    public var administrators: Set<String> { didSet { administratorNames = Set(administrators.map(AccountName.init)) } }
    private var userNames: Set<AccountName> = []
    private var administratorNames: Set<AccountName> = []

    /// `root` is always protected: locking it can shut everyone out of a machine.
    public init(
        networks: [AddressRange] = [], ownAddresses: [IPAddress] = [], users: Set<String> = [], proxies: [AddressRange] = [],
        gateways: [AddressRange] = [], administrators: Set<String> = []
    ) {
        self.networks = networks
        self.ownAddresses = ownAddresses
        self.users = users.union(["root"])
        self.proxies = proxies
        self.gateways = gateways
        self.administrators = administrators
        userNames = Set(self.users.map(AccountName.init))
        administratorNames = Set(administrators.map(AccountName.init))
    }

    /// The widest networks that may be acted on.
    static let widest = (v4: 24, v6: 48)

    /// Why `target` must be left alone; `nil` where it need not be.
    public func refusal(for target: Target) -> String? {
        switch target {
        case .address(let range): refusal(for: range)
        case .user(let user): userNames.contains(AccountName(user)) ? "the account “\(user)” is protected" : nil
        case .session: nil
        }
    }

    private func refusal(for range: AddressRange) -> String? {
        if range.isTooWide {
            let widest = range.network.isV4 ? Self.widest.v4 : range.network.isTranslated ? 96 + Self.widest.v4 : Self.widest.v6
            return "\(range) is wider than /\(widest), the widest network that may be acted on"
        }
        if range.network.isUnspecified { return "\(range) is not an address of anybody" }
        if Self.loopback.contains(where: { $0.overlaps(range) }) { return "\(range) is this machine's loopback" }
        if let own = ownAddresses.first(where: range.contains) { return "\(own) is an address of this machine" }
        if let refusal = Self.refusal(range, proxies, "proxy") ?? Self.refusal(range, gateways, "gateway")
            ?? Self.refusal(range, networks, "protected network")
        {
            return refusal
        }
        guard let v4 = range.translated else { return nil }
        return refusal(for: v4).map { "\(range) stands for \(v4): \($0)" }
    }

    private static func refusal(_ range: AddressRange, _ networks: [AddressRange], _ noun: String) -> String? {
        guard let network = networks.first(where: { $0.overlaps(range) || $0.translated?.overlaps(range) == true }) else { return nil }
        if network == range { return "\(range) is the \(noun)" + (noun == "protected network" ? " itself" : " of this set-up") }
        return "\(range) \(network.contains(range) ? "lies in" : "covers") the \(noun) \(network)"
    }

    /// Why an administrator must be left alone: nobody else could mend things then.
    ///
    /// - Parameter isHeld: whether something shuts an account out already.
    func lastAdministratorRefusal(for target: Target, isHeld: (Target) -> Bool) -> String? {
        guard case .user(let user) = target else { return nil }
        let name = AccountName(user)
        guard administratorNames.contains(name) else { return nil }
        let others = administrators.filter { AccountName($0) != name }
        guard others.allSatisfy({ isHeld(.user($0)) }) else { return nil }
        return "“\(user)” is the last administrator whom nothing shuts out"
    }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }
}

extension AddressRange {
    /// Whether it is a wider network than any that may be acted on.
    var isTooWide: Bool {
        if network.isTranslated { return prefixLength < 96 + ProtectedTargets.widest.v4 }
        return prefixLength < (network.isV4 ? ProtectedTargets.widest.v4 : ProtectedTargets.widest.v6)
    }
}
