/// Something on this machine that carries decisions out.
public enum EnforcerSettings: Sendable, Hashable {
    /// The kernel's firewall, by a table of this name.
    case nftables(table: String)
    /// The kernel's firewall, by way of root's helper, which listens at this socket; `nil` = at its usual one.
    case helper(socket: String?)

    /// What the settings file calls it.
    public var type: String {
        switch self {
        case .nftables: "nftables"
        case .helper: "helper"
        }
    }
}
