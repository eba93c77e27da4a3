public import Riposte

/// Accounts and sessions in a PostgreSQL database, worked on by statements that its owner has written.
///
/// Each order is one connection and one transaction: what has no answer by its time limit, or loses the server in the middle,
/// has not been done unless the commit itself was under way.
public final class PostgreSQLDirectory: AccountDirectory, SessionDirectory, MailAddressBook {
    public let name: DirectoryName
    public let restrictions: Set<AccountRestriction>
    let configuration: PostgreSQLConfiguration
    private let calls = BlockingCalls()

    public init(_ name: DirectoryName, _ configuration: PostgreSQLConfiguration) {
        self.name = name
        self.configuration = configuration
        restrictions = Set(
            AccountRestriction.allCases.filter { AccountVerb.of(.restrict($0)).flatMap { configuration.statements[$0] } != nil })
    }

    public var scopes: Set<SessionScope> {
        Set(SessionScope.allCases.filter { configuration.statements[$0 == .single ? .terminateSession : .revokeSessions] != nil })
    }

    // MARK: - Accounts

    public func standing(of user: String, _ restriction: AccountRestriction) async throws -> AccountStanding {
        guard let look = prepared(.look(restriction), ["user": user]) else { return .unknown }
        guard !user.contains("\0") else { return .noSuchAccount }
        return try await transaction(readOnly: true) { try SQLMeaning.standing($0.execute(look), look.verb) }
    }

    public func restrict(_ order: AccountOrder) async throws -> AccountChange {
        try await change(.restrict(order.restriction), order)
    }

    public func lift(_ order: AccountOrder) async throws -> AccountChange { try await change(.lift(order.restriction), order) }

    private func change(_ job: AccountVerb.Job, _ order: AccountOrder) async throws -> AccountChange {
        let values = [
            "user": order.user, "until": order.until?.description, "incident": order.incident.rawValue, "effect": order.effect.rawValue,
        ]
        guard let statement = prepared(job, values) else { return .cannot("there is no statement for it", .permanent) }
        let look = prepared(.look(order.restriction), values)
        let isLift = job == .lift(order.restriction)
        // A text ends at its first NUL on the way to the server, so it would be another account's name there.
        guard !order.user.contains("\0") else { return isLift ? .alreadySo : Self.unknown(order.user) }
        return try await transaction { connection in
            let outcome = try SQLMeaning.change(connection.execute(statement), statement.verb)
            switch outcome {
            case .changed: return .changed
            case .alreadySo: return .alreadySo
            case .noSuchAccount, .nothing:
                if isLift { return .alreadySo }
                if outcome == .noSuchAccount { return Self.unknown(order.user) }
                return try Self.explained(order.user, statement.verb, look, connection)
            }
        }
    }

    /// Why a restriction changed nothing.
    private static func explained(
        _ user: String, _ verb: AccountVerb, _ look: PreparedStatement?, _ connection: PostgreSQLConnection
    ) throws(DirectoryFailure) -> AccountChange {
        guard let look else {
            return .cannot("“\(verb.rawValue)” changed no row: there is no account \(user), or it was so already", .permanent)
        }
        switch try SQLMeaning.standing(connection.execute(look), look.verb) {
        case .restricted: return .alreadySo
        case .noSuchAccount: return unknown(user)
        case .free, .unknown:
            return .cannot("“\(verb.rawValue)” changed no row, and “\(look.verb.rawValue)” says that it is not so", .permanent)
        }
    }

    private static func unknown(_ user: String) -> AccountChange { .cannot("there is no account \(user)", .permanent) }

    // MARK: - Sessions

    public func revokeSessions(of user: String, before time: Timestamp, key: String) async throws -> SessionChange {
        try await end(.revoke, about: user, ["user": user, "before": time.description, "key": key])
    }

    public func terminateSession(_ session: String, of user: String?, key: String) async throws -> SessionChange {
        try await end(.terminate, about: session, ["session": session, "user": user, "key": key])
    }

    private func end(_ job: AccountVerb.Job, about subject: String, _ values: [String: String?]) async throws -> SessionChange {
        guard let statement = prepared(job, values) else { return .cannot("there is no statement for it", .permanent) }
        guard !values.values.contains(where: { $0?.contains("\0") ?? false }) else { return .none }
        return try await transaction { SQLMeaning.sessions(try $0.execute(statement)) }
    }

    // MARK: - Mail addresses

    /// Whether a statement tells them.
    public var tellsMailAddresses: Bool { configuration.statements[.mailAddress] != nil }

    public func mailAddress(of user: String) async throws -> String? {
        guard let look = prepared(.mailAddress, ["user": user]), !user.contains("\0") else { return nil }
        return try await transaction(readOnly: true) { try SQLMeaning.mailAddress($0.execute(look), look.verb) }
    }

    // MARK: - Carrying out

    private func prepared(_ job: AccountVerb.Job, _ values: [String: String?]) -> PreparedStatement? {
        guard let verb = AccountVerb.of(job), let statement = configuration.statements[verb] else { return nil }
        return PreparedStatement(verb: verb, text: statement.text, values: statement.names.map { values[$0] ?? nil })
    }

    func transaction<Answer: Sendable>(
        readOnly: Bool = false, _ body: @escaping @Sendable (PostgreSQLConnection) throws -> Answer
    ) async throws -> Answer {
        let configuration = configuration
        return try await calls.perform(within: configuration.timeout) { deadline in
            let password = try configuration.password.map { (secret) throws(DirectoryFailure) in try secret.forDirectory() }
            let connection = try PostgreSQLConnection.open(configuration.connection, password: password, deadline: deadline)
            try connection.begin(readOnly: readOnly)
            let answer = try body(connection)
            if !readOnly { try connection.commit() }
            return answer
        }
    }
}

/// A statement with the values of one order.
struct PreparedStatement: Sendable {
    var verb: AccountVerb
    var text: String
    var values: [String?]
}

extension PostgreSQLConnection {
    func execute(_ statement: PreparedStatement) throws(DirectoryFailure) -> SQLAnswer {
        do throws(DirectoryFailure) { return try execute(statement.text, statement.values) } catch {
            throw DirectoryFailure(error.kind, "“\(statement.verb.rawValue)”: \(error.message)")
        }
    }
}

extension PostgreSQLDirectory: ExaminableDirectory {
    /// Has the server plan each statement, which takes the same rights as carrying it out and changes nothing.
    package func examine() async throws -> String {
        let statements = configuration.statements.sorted { $0.key.rawValue < $1.key.rawValue }
        try await transaction(readOnly: true) { connection in
            for (verb, statement) in statements {
                let plan = PreparedStatement(verb: verb, text: "EXPLAIN \(statement.text)", values: statement.names.map { _ in nil })
                _ = try connection.execute(plan)
            }
        }
        return "answers, and lets this user carry out \(statements.map(\.key.rawValue).joined(separator: ", "))"
    }
}

extension Secret {
    /// The value, read now. Transient: a secret may be mounted late, or be in the middle of being replaced.
    func forDirectory() throws(DirectoryFailure) -> SecretValue {
        do throws(SecretError) { return try resolve() } catch { throw DirectoryFailure(.transient, error.description) }
    }
}
