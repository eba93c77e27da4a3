public import Riposte

/// A back end that holds accounts or sessions.
public enum AccountSettings: Sendable, Hashable {
    /// SQL statements on a PostgreSQL server.
    case postgreSQL(PostgreSQLSettings)

    /// What the settings file calls it.
    public var type: String {
        switch self {
        case .postgreSQL: "postgresql"
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
