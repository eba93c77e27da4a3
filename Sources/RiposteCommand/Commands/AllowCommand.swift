import ArgumentParser
import Riposte
import RiposteConfiguration

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

struct AllowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow", abstract: "Protect the address you work from for 12 hours, so that you cannot lock yourself out.",
        discussion: """
            Nothing can be put in force on it meanwhile, by nobody; what is in force on it is lifted.
            Examples: riposte allow --me
                      riposte allow 203.0.113.9
            """)

    @Argument(help: "The address; with --me the one you are signed in from.")
    var address: String?

    @Flag(help: "The address that this SSH session comes from.")
    var me = false

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard me != (address != nil) else { throw ValidationError("give --me or an address") }
        if let address, IPAddress(address) == nil { throw ValidationError("“\(address)” is not an address, such as 203.0.113.9") }
    }

    func run() async throws {
        let address = try self.address.flatMap { IPAddress($0) } ?? Self.own()
        let access = try options.access(quietly: true)
        let seconds = Int(AllowlistEntry.operatorDuration.components.seconds)
        try await access.submit(
            .allow(.address(AddressRange(address)), durationSeconds: seconds, isOperator: true, reason: "riposte allow"))
    }

    /// The first word of what sshd says of its client.
    private static func own() throws -> IPAddress {
        for name in ["SSH_CONNECTION", "SSH_CLIENT"] {
            guard let value = getenv(name) else { continue }
            // A link-local address comes with its interface.
            let word = String(cString: value).split(separator: " ").first.map { String($0.prefix { $0 != "%" }) }
            if let address = word.flatMap({ IPAddress($0) }) { return address }
        }
        throw Failure(
            "this is no SSH session that says where it comes from (SSH_CONNECTION is not set; sudo drops it): "
                + "write the address, riposte allow 203.0.113.9")
    }
}
