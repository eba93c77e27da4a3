internal import CLibnftables
import Glibc
internal import Riposte

/// libnftables, in this process: starting the program `nft` takes longer than all of a change. Belongs to one thread.
final class NftablesContext {
    private let context: OpaquePointer

    /// On the thread that is to use it, which gets a table of file descriptors of its own: libnftables waits with
    /// select(2), and ends the whole process where a descriptor is above 1023.
    ///
    /// - Parameter network: a file that names the network namespace to work in; `nil` = the process's own.
    init(network: String?) throws {
        if let network, case let code = riposte_enter_network(network), code != 0 {
            throw EnforcementError("cannot enter the network “\(network)”: \(Self.words(code))", kind: .permanent)
        }
        if case let code = riposte_own_descriptors(), code != 0 {
            throw EnforcementError("cannot give nftables descriptors of its own: \(Self.words(code))")
        }
        if case let code = riposte_has_netfilter(), code != 0 {
            throw EnforcementError(
                """
                nftables cannot be reached: \(Self.words(code)). The kernel has none, or the service may not use AF_NETLINK \
                (RestrictAddressFamilies)
                """, kind: .permanent)
        }
        guard let context = riposte_nft_new() else { throw EnforcementError("libnftables could not be started: no memory") }
        self.context = context
    }

    deinit { nft_ctx_free(context) }

    /// Runs commands as one transaction; the answer is what they print.
    ///
    /// - Throws: ``EnforcementError`` with nft's words.
    func run(_ commands: String) throws -> String {
        if case let code = riposte_may_change_network(), code != 0 { throw NftablesError(Self.words(code)) }
        let code = nft_run_cmd_from_buffer(context, commands)
        // Both buffers are emptied by being asked for.
        let output = String(cString: nft_ctx_get_output_buffer(context))
        let errors = String(cString: nft_ctx_get_error_buffer(context))
        guard code == 0 else { throw NftablesError(errors) }
        return output
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
