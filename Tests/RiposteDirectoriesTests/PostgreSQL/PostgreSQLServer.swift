import Foundation
import Riposte
import RiposteDirectories

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A real PostgreSQL server with a database of users, at a Unix socket in its own folder.
///
/// Sendable although it has state: it is made on another thread than its test's, and then belongs to this one test, which does one
/// thing after the other.
final class PostgreSQLServer: @unchecked Sendable {
    static let programs: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
            .first { Program.isThere("\($0)/initdb") }
    }()
    static var isAvailable: Bool { programs != nil && Program.isThere("/usr/bin/setpriv") }
    static let password = "s3cret-Wort"

    let folder: String
    private let programs: String
    private var process: RunningProgram?
    private var more = ["-c", "listen_addresses="]
    private var isAtPort: UInt16 = 5432

    init() throws {
        guard let programs = Self.programs else { throw Program.Failure(description: "there is no PostgreSQL") }
        self.programs = programs
        let template = try Self.template.get()
        folder = try Program.folder("pg")
        try Program.run("/usr/bin/cp", ["-a", "\(template)/data", "\(folder)/data"])
        if getuid() == 0 { try Program.run("/usr/bin/chown", ["postgres", folder]) }
        try start()
        try sql(Self.schema)
    }

    deinit {
        process?.end(SIGQUIT)
        try? FileManager.default.removeItem(atPath: folder)
    }

    func start() throws {
        let options = ["-D", "\(folder)/data", "-k", folder, "-c", "fsync=off", "-c", "max_connections=40"] + more
        let (program, arguments) = Self.postgres("\(programs)/postgres", options)
        process = try Program.start(program, arguments, log: "\(folder)/log")
        for _ in 0..<600 {
            if (try? sql("SELECT 1")) != nil { return }
            usleep(20_000)
        }
        throw Program.Failure(
            description: "the server did not start: \((try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "")")
    }

    /// Starts anew, and takes connections over TLS at a port of 127.0.0.1 as `db.example.org`, with a certificate of its own making.
    func encrypt() throws -> (port: UInt16, authorities: String) {
        let certificate = try Self.certificate(in: folder, "db.example.org")
        let rules = "local all postgres trust\nhostssl all riposte 127.0.0.1/32 scram-sha-256\n"
        try Data(rules.utf8).write(to: URL(fileURLWithPath: "\(folder)/data/pg_hba.conf"))
        if getuid() == 0 { try Program.run("/usr/bin/chown", ["postgres", "\(folder)/data/pg_hba.conf", "\(certificate).key"]) }
        let port = try Program.freePort()
        for setting in ["port=\(port)", "ssl=on", "ssl_cert_file=\(certificate)", "ssl_key_file=\(certificate).key"] {
            more += ["-c", setting]
        }
        more[1] = "listen_addresses=127.0.0.1"
        crash()
        isAtPort = port
        try start()
        return (port, certificate)
    }

    /// A certificate that signs itself; its key beside it.
    static func certificate(in folder: String, _ name: String) throws -> String {
        let path = "\(folder)/\(name).pem"
        try Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=riposte-test", "-addext",
                "subjectAltName=DNS:\(name)", "-keyout", "\(path).key", "-out", path,
            ])
        try Program.run("/usr/bin/chmod", ["600", "\(path).key"])
        return path
    }

    /// Ends at once, as by a loss of power.
    func crash() {
        process?.end(SIGQUIT)
    }

    /// Stops all of its processes where they are, or lets them go on.
    func freeze(_ isFrozen: Bool) throws {
        guard let process else { return }
        let children = try Program.run("/usr/bin/pgrep", ["-P", "\(process.processIdentifier)"]).split(separator: "\n").compactMap {
            pid_t($0)
        }
        for each in [process.processIdentifier] + children { kill(each, isFrozen ? SIGSTOP : SIGCONT) }
    }

    /// What psql prints, as the server's owner.
    @discardableResult
    func sql(_ text: String) throws -> String {
        let options = ["-h", folder, "-p", "\(isAtPort)", "-U", "postgres", "-d", "postgres", "-Atq", "-v", "ON_ERROR_STOP=1"]
        return try Program.run("\(programs)/psql", options, input: text).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The process that carries out a statement which says `words`; waits until there is one.
    func backend(saying words: String) async throws -> pid_t {
        var found: pid_t?
        try await until("a statement says \(words)") {
            let query = "SELECT pid FROM pg_stat_activity WHERE usename = 'riposte' AND state = 'active' AND query LIKE '%\(words)%'"
            found = pid_t(try sql(query))
            return found != nil
        }
        return found ?? 0
    }

    /// Made once, for it takes seconds; each server has a copy.
    private static let template = Result {
        guard let programs else { throw Program.Failure(description: "there is no PostgreSQL") }
        let folder = try Program.folder("pg-template")
        if getuid() == 0 { try Program.run("/usr/bin/chown", ["postgres", folder]) }
        let options = ["-D", "\(folder)/data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"]
        let (program, arguments) = postgres("\(programs)/initdb", options)
        try Program.run(program, arguments)
        let rules = "local all postgres trust\nlocal all all scram-sha-256\n"
        try Data(rules.utf8).write(to: URL(fileURLWithPath: "\(folder)/data/pg_hba.conf"))
        return folder
    }

    /// The server refuses to be root.
    private static func postgres(_ program: String, _ arguments: [String]) -> (String, [String]) {
        guard getuid() == 0 else { return (program, arguments) }
        return ("/usr/bin/setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program] + arguments)
    }

    private static let schema = """
        CREATE ROLE riposte LOGIN PASSWORD '\(password)';
        CREATE TABLE users (login text PRIMARY KEY, locked_until timestamptz, locked_by text, needs_reset boolean DEFAULT false);
        CREATE TABLE sessions (id text PRIMARY KEY, login text, began timestamptz);
        GRANT SELECT, UPDATE ON users TO riposte;
        GRANT SELECT, DELETE ON sessions TO riposte;
        INSERT INTO users VALUES ('alice'), ('bob'), ('O''Brien "x"'), (':user $1 \\ ; --'), ('Jörg 🦊');
        """

    static let statements = [
        "lock": "UPDATE users SET locked_until = coalesce(:until::timestamptz, 'infinity'), locked_by = :effect WHERE login = :user",
        "unlock": "UPDATE users SET locked_until = NULL, locked_by = NULL WHERE login = :user AND locked_until IS NOT NULL",
        "is_locked": "SELECT locked_until > now() FROM users WHERE login = :user",
        "revoke_sessions": "DELETE FROM sessions WHERE login = :user AND began < :before::timestamptz",
        "terminate_session": "DELETE FROM sessions WHERE id = :session",
    ]

    func directory(
        _ name: DirectoryName = "shop", _ statements: [String: String] = PostgreSQLServer.statements, user: String = "riposte",
        password: Secret? = nil, timeout: Duration = .seconds(20), connection: [String: String] = [:]
    ) throws -> PostgreSQLDirectory {
        let usual = ["host": folder, "dbname": "postgres", "user": user]
        let configuration = try PostgreSQLConfiguration(
            connection: usual.merging(connection) { _, new in new }, password: password, timeout: timeout, statements: statements)
        return PostgreSQLDirectory(name, configuration)
    }
}
