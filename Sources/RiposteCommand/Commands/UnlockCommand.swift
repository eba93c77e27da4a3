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

struct UnlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Redeem the link of a “was this you?” mail.",
        discussion: """
            For the page of your application that “unlock_link” of the mailer leads to: it shows a button and, once that is pressed, \
            hands the token to this command. Never on the mere visit of the page: mail scanners and previews visit links, too.
            It lifts the locks and blocks that one incident has put on one account. A link works once and until its time is over; \
            redeeming it again changes nothing. Without an argument the token is read from standard input, so that what a stranger \
            sent does not become one.
            Examples: printf %s "$token" | riposte unlock
                      riposte unlock MTc5NTk2…
            """)

    @Argument(help: "The token; left out, it is read from standard input.")
    var token: String?

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let access = try options.access(quietly: true)
        guard let unlock = access.loaded.settings.mailer?.unlock else {
            throw Failure("no links are made here: the settings have no “mailer” with an “unlock_link”")
        }
        let token = self.token ?? Self.standardInput()
        let (user, incident): (String, IncidentID)
        do { (user, incident) = try UnlockTokens(secret: unlock.secret).open(token, at: SystemClock().now()) } catch {
            throw Failure("\(error)")
        }
        try await access.submit(.unlock(user: user, incident: incident))
    }

    /// Somewhat more than the longest token, and no more whatever comes.
    private static func standardInput() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 8192 {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    }
}
