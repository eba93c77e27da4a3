import Riposte
import RiposteConfiguration
import RiposteHost

/// Makes the enforcers of settings. For those who act on this machine: a replay, a demo and a check have none.
enum EnforcerFactory {
    /// By name.
    static func enforcers(_ settings: Settings, clock: any WallClock = SystemClock()) throws -> [any Enforcer] {
        try settings.enforcers.sorted { $0.key < $1.key }.map { name, enforcer in
            switch enforcer {
            case .nftables(let table):
                try NftablesEnforcer(name: name, table: table, store: StorePath.resolved(settings.store), clock: clock)
            case .helper(let socket):
                try HelperEnforcer(name: name, socket: socket ?? HelperEnforcer.usualSocket, store: StorePath.resolved(settings.store))
            }
        }
    }
}
