import Riposte
import RiposteChannels
import RiposteConfiguration
import RiposteDirectories
import RiposteHost

/// Makes the account back ends of settings. For those who act on them: a replay, a demo and a check have none.
enum AccountFactory {
    /// Where accounts and sessions live beside Riposte's own state.
    struct BackEnds {
        var accounts: [any AccountDirectory] = []
        var sessions: [any SessionDirectory] = []
        /// What knows the mail addresses of accounts.
        var books: [any MailAddressBook] = []
        /// What writes to their users.
        var mailer: (any Mailer)?

        static var none: BackEnds { BackEnds() }

        /// The one of this name, where it can be looked over.
        func examinable(_ name: DirectoryName) -> (any ExaminableDirectory)? {
            let named: [any Sendable] =
                accounts.filter { $0.name == name } + sessions.filter { $0.name == name }
                + books.filter { $0.name == name }
            return named.lazy.compactMap { $0 as? any ExaminableDirectory }.first
        }
    }

    /// By name. Throws where one cannot work as it is set; contacts nobody.
    static func backEnds(_ settings: Settings) throws -> BackEnds {
        let client = HTTPClient(HTTPClient.Configuration(allowedNetworks: settings.allowedNetworks))
        var made = BackEnds()
        for (name, account) in settings.accounts.sorted(by: { $0.key < $1.key }) {
            switch account {
            case .postgreSQL(let settings):
                let directory = PostgreSQLDirectory(name, try usable(name) { try PostgreSQLConfiguration(settings) })
                if !directory.restrictions.isEmpty { made.accounts.append(directory) }
                if !directory.scopes.isEmpty { made.sessions.append(directory) }
                if directory.tellsMailAddresses { made.books.append(directory) }
            case .webhook(let settings):
                let directory = try usable(name) {
                    try WebhookDirectory(
                        name, WebhookConfiguration(settings.request), verbs: Set(settings.verbs), standingURL: settings.standingURL,
                        mailAddressURL: settings.mailAddressURL, client: client)
                }
                if !directory.restrictions.isEmpty { made.accounts.append(directory) }
                if !directory.scopes.isEmpty { made.sessions.append(directory) }
                if directory.tellsMailAddresses { made.books.append(directory) }
            case .local:
                let directory = try LocalAccountDirectory(name, sparing: Set(settings.protected.users))
                made.accounts.append(directory)
                made.sessions.append(directory)
            case .helper(let socket):
                let directory = try LocalAccountDirectory(
                    name, helper: socket ?? HelperEnforcer.usualSocket, store: StorePath.resolved(settings.store))
                made.accounts.append(directory)
                made.sessions.append(directory)
            case .ldap(let settings):
                let directory = LDAPDirectory(name, try usable(name) { try LDAPConfiguration(settings) })
                made.accounts.append(directory)
                made.books.append(directory)
            }
        }
        made.mailer = try MailerFactory.mailer(settings, books: made.books)
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

extension LDAPConfiguration {
    /// What settings say, as the directories' library takes it.
    init(_ settings: LDAPSettings) throws {
        guard let filter = LDAPFilter(settings.filter) else { throw UnusableSetting(description: "the filter has no place for {{ user }}") }
        var marks: [AccountRestriction: Mark] = [:]
        for restriction in AccountRestriction.allCases {
            marks[restriction] = settings.marks[restriction.word].map { Mark($0.attribute, $0.value) }
        }
        self.init(
            url: settings.url, startTLS: settings.startTLS, authorities: settings.authorities, bindName: settings.bindName,
            password: settings.password, base: settings.base, filter: filter, marks: marks,
            mailAttribute: settings.mailAttribute, timeout: settings.timeout)
    }
}
