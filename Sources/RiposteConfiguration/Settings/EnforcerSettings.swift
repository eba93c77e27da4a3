/// Something on this machine that carries decisions out.
public enum EnforcerSettings: Sendable, Hashable {
    /// The kernel's firewall, by a table of this name.
    case nftables(table: String)

    /// What the settings file calls it.
    public var type: String { switch self { case .nftables: "nftables" } }
}
