import ArgumentParser
import Glibc
import Riposte
import RiposteHost

/// Root's helper: the few things that `riposte serve`, which runs as a user of its own, cannot do itself.
@main
struct RiposteHelper: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "riposte-helper",
        abstract: "Does for an unprivileged riposte what takes the right to change the firewall or accounts.",
        discussion: """
            Listens at a Unix socket that one user may open, and knows five verbs: apply, compare, reconcile and remove the bans of one \
            nftables table, and probe. Loopback, this machine's own addresses and gateways, networks wider than /24 or /48 and those given by \
            --protect are refused whoever asks. It needs CAP_NET_ADMIN, and CAP_CHOWN to give the socket away; it keeps nothing on disk.
            With --accounts it also locks accounts of this machine (by an expiry date), has their passwords changed and ends their \
            processes, and undoes the first two. Root, system and service accounts, the last administrator and those given by --spare \
            are refused. That needs the rights of root over /etc and over processes.
            In riposte.yaml:  enforcers: {firewall: {type: helper}}
            Example: riposte-helper --user riposte --protect 192.0.2.0/24
            """,
        version: "0.1.0")

    @Option(help: "The user that riposte serve runs as, by name or number.")
    var user: String

    @Option(help: ArgumentHelp("Where to listen. The folder must be there.", valueName: "path"))
    var socket = HelperEnforcer.usualSocket

    @Option(help: "The one table it works on: riposte, or riposte and more of a-z, 0-9, - and _.")
    var table = "riposte"

    @Option(help: ArgumentHelp("An address or network that is never banned. May be given more than once.", valueName: "network"))
    var protect: [String] = []

    @Flag(help: "Work on the accounts of this machine, too.")
    var accounts = false

    @Option(help: ArgumentHelp("An account that is never touched. May be given more than once.", valueName: "account"))
    var spare: [String] = []

    func validate() throws {
        guard spare.isEmpty || accounts else { throw ValidationError("--spare means nothing without --accounts") }
        for text in protect where AddressRange(text) == nil {
            throw ValidationError("“\(text)” is no address (192.0.2.1) and no network (192.0.2.0/24)")
        }
        guard NftablesEnforcer.isTableName(table) else {
            throw ValidationError("“\(table)” is no name for a table: it is riposte, or riposte and more of a-z, 0-9, - and _")
        }
    }

    func run() async throws {
        guard let user = Self.number(of: user) else { throw ValidationError("there is no user “\(user)” on this machine") }
        let service = try HelperService(
            socket: socket, user: user, table: table, protecting: protect.compactMap { AddressRange($0) },
            accounts: accounts ? Set(spare) : nil, say: Self.say)
        Self.say("listening at \(socket) for user \(user)")
        try await service.run()
    }

    private static func number(of user: String) -> uid_t? {
        if let number = uid_t(user) { return number }
        guard let entry = getpwnam(user) else { return nil }
        return entry.pointee.pw_uid
    }

    private static let say: @Sendable (String) -> Void = { sentence in
        let line = Array("riposte-helper: \(TerminalText.safe(sentence))\n".utf8)
        _ = line.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
