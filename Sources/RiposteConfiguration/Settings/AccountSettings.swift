public import Riposte

/// A back end that holds accounts or sessions.
public enum AccountSettings: Sendable, Hashable {
    /// SQL statements on a PostgreSQL server.
    case postgreSQL(PostgreSQLSettings)
    /// Signed requests to an HTTP service.
    case webhook(AccountWebhookSettings)
    /// Attributes of the entries in an LDAP directory.
    case ldap(LDAPSettings)
    /// The accounts of this machine.
    case local
    /// The same by way of root's helper, which listens at this socket; `nil` = at its usual one.
    case helper(socket: String?)

    /// What the settings file calls it.
    public var type: String {
        switch self {
        case .postgreSQL: "postgresql"
        case .webhook: "webhook"
        case .ldap: "ldap"
        case .local: "local"
        case .helper: "helper"
        }
    }
}

/// How accounts are worked on by SQL.
public struct PostgreSQLSettings: Sendable, Hashable {
    /// The server, database, user and encryption, in libpq's words: `host`, `dbname`, `sslmode`.
    public var connection: [String: String]
    public var password: Secret?
    /// How long one order may take, connecting included.
    public var timeout: Duration
    /// By verb: `lock`, `unlock`, `is_locked`. Each has been checked.
    public var statements: [String: String]

    public init(
        connection: [String: String] = [:], password: Secret? = nil, timeout: Duration = .seconds(10), statements: [String: String] = [:]
    ) {
        self.connection = connection
        self.password = password
        self.timeout = timeout
        self.statements = statements
    }
}

/// How accounts are worked on by signed requests.
public struct AccountWebhookSettings: Sendable, Hashable {
    /// Where orders go, and what they carry.
    public var request: WebhookSettings
    /// What the service does: `lock`, `revoke_sessions`.
    public var verbs: [String]
    /// What is asked how an account stands; `nil` = nothing is.
    public var standingURL: String?
    /// What is asked for an account's mail address; `nil` = nothing is.
    public var mailAddressURL: String?

    public init(request: WebhookSettings, verbs: [String] = [], standingURL: String? = nil, mailAddressURL: String? = nil) {
        self.request = request
        self.verbs = verbs
        self.standingURL = standingURL
        self.mailAddressURL = mailAddressURL
    }
}

/// How accounts are worked on in an LDAP directory.
public struct LDAPSettings: Sendable, Hashable {
    /// What stands in an entry while a restriction holds.
    public struct Mark: Sendable, Hashable {
        public var attribute: String
        public var value: String

        public init(attribute: String, value: String) {
            self.attribute = attribute
            self.value = value
        }
    }

    public var url: String
    /// Whether the connection is encrypted before anything is said.
    public var startTLS: Bool
    /// The file with the certificate authorities to trust; `nil` = the system's.
    public var authorities: String?
    public var bindName: String?
    public var password: Secret?
    public var base: String
    /// With `{{ user }}` in it.
    public var filter: String
    /// By what is set: `lock`, `password_reset`.
    public var marks: [String: Mark]
    /// The attribute with an account's mail address.
    public var mailAttribute: String
    /// How long one order may take, connecting included.
    public var timeout: Duration

    public init(
        url: String, startTLS: Bool, authorities: String? = nil, bindName: String? = nil, password: Secret? = nil, base: String,
        filter: String, marks: [String: Mark], mailAttribute: String = "mail", timeout: Duration = .seconds(10)
    ) {
        self.url = url
        self.startTLS = startTLS
        self.authorities = authorities
        self.bindName = bindName
        self.password = password
        self.base = base
        self.filter = filter
        self.marks = marks
        self.mailAttribute = mailAttribute
        self.timeout = timeout
    }
}
