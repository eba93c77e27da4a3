public import Riposte

/// How accounts are worked on by statements on a PostgreSQL server.
public struct PostgreSQLConfiguration: Sendable, Hashable {
    /// In libpq's words: `host`, `dbname`, `user`, `sslmode`.
    public var connection: [String: String]
    /// Read at each order.
    public var password: Secret?
    /// How long one order may take, connecting included.
    public var timeout: Duration
    let statements: [AccountVerb: SQLStatement]

    /// - Parameter statements: by verb (`lock`, `unlock`, `is_locked`), with named values (`:user`).
    /// - Throws: ``DirectoryFailure`` for a verb that there is not, or a statement that cannot be bound.
    public init(
        connection: [String: String], password: Secret? = nil, timeout: Duration = .seconds(10), statements: [String: String]
    ) throws(DirectoryFailure) {
        self.connection = connection
        self.password = password
        self.timeout = timeout
        var read: [AccountVerb: SQLStatement] = [:]
        for (name, text) in statements.sorted(by: { $0.key < $1.key }) {
            guard let verb = AccountVerb(rawValue: name) else { throw DirectoryFailure(.permanent, "there is no statement “\(name)”") }
            do throws(SQLStatement.Problem) {
                read[verb] = try SQLStatement(text, subject: verb.subject, known: verb.values)
            } catch {
                throw DirectoryFailure(.permanent, "“\(name)”: \(error.message)")
            }
        }
        self.statements = read
    }
}
