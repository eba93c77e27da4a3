import Riposte
import RiposteChannels
import RiposteConfiguration
import RiposteDirectories

/// Makes the account back ends of settings. For those who act on them: a replay, a demo and a check have none.
enum AccountFactory {
    /// Where accounts and sessions live beside Riposte's own state.
    struct BackEnds {
        var accounts: [any AccountDirectory] = []
        var sessions: [any SessionDirectory] = []

        static var none: BackEnds { BackEnds() }

        /// The one of this name, where it can be looked over.
        func examinable(_ name: DirectoryName) -> (any ExaminableDirectory)? {
            let named: [any Sendable] = accounts.filter { $0.name == name } + sessions.filter { $0.name == name }
            return named.lazy.compactMap { $0 as? any ExaminableDirectory }.first
        }
    }

    /// By name. Throws where one cannot work as it is set; contacts nobody.
    static func backEnds(_ settings: Settings) throws -> BackEnds {
        var made = BackEnds()
        for (name, account) in settings.accounts.sorted(by: { $0.key < $1.key }) {
            switch account {
            case .postgreSQL(let settings):
                let directory = PostgreSQLDirectory(name, try usable(name) { try PostgreSQLConfiguration(settings) })
                if !directory.restrictions.isEmpty { made.accounts.append(directory) }
                if directory.endsSessions { made.sessions.append(directory) }
            }
        }
        return made
    }

    private static func usable<Value>(_ name: DirectoryName, _ make: () throws -> Value) throws -> Value {
        do { return try make() } catch { throw UnusableSetting(description: "accounts “\(name)”: \(error)") }
    }
}

extension PostgreSQLConfiguration {
    /// What settings say, as the directories' library takes it.
    init(_ settings: PostgreSQLSettings) throws {
        try self.init(
            connection: settings.connection, password: settings.password, timeout: settings.timeout, statements: settings.statements)
    }
}
