import Foundation
import Riposte
import Testing

@testable import RiposteDirectories

@Suite(.serialized, .enabled(if: PostgreSQLServer.isAvailable, "needs PostgreSQL"))
struct `accounts in a PostgreSQL database` {
    private let server: PostgreSQLServer
    private let password: SecretFile

    init() async throws {
        server = try await made { try PostgreSQLServer() }
        password = try SecretFile(PostgreSQLServer.password)
    }

    private func directory(
        _ changed: [String: String] = [:], timeout: Duration = .seconds(20), password other: Secret? = nil
    ) throws -> PostgreSQLDirectory {
        let statements = PostgreSQLServer.statements.merging(changed) { _, new in new }
        return try server.directory("shop", statements, password: other ?? password.secret, timeout: timeout)
    }

    @Test func `are locked until a time and unlocked, and what is so already says so`() async throws {
        let shop = try directory()
        let end = Timestamp(seconds: 4_000_000_000)
        #expect(shop.restrictions == [.lock])
        #expect(shop.scopes == [.allOfUser, .single])
        #expect(try await shop.standing(of: "alice", .lock) == .free)
        #expect(try await shop.restrict(.test("alice", until: end)) == .changed)
        let row = try server.sql("SELECT extract(epoch FROM locked_until)::bigint, locked_by FROM users WHERE login = 'alice'")
        #expect(row == "4000000000|eff-1")
        #expect(try await shop.standing(of: "alice", .lock) == .restricted)
        #expect(try await shop.restrict(.test("alice")) == .changed)
        #expect(try server.sql("SELECT locked_until FROM users WHERE login = 'alice'") == "infinity")
        #expect(try await shop.lift(.test("alice")) == .changed)
        #expect(try await shop.lift(.test("alice")) == .alreadySo)
        #expect(try await shop.standing(of: "bob", .lock) == .free)
        #expect(try await shop.standing(of: "alice", .passwordReset) == .unknown)
        #expect(try await shop.examine().contains("carry out is_locked, lock"))
    }

    @Test(arguments: ["O'Brien \"x\"", ":user $1 \\ ; --", "Jörg 🦊"])
    func `are found whatever stands in their name`(user: String) async throws {
        #expect(try await directory().restrict(.test(user)) == .changed)
        #expect(try server.sql("SELECT login FROM users WHERE locked_until IS NOT NULL") == user)
    }

    @Test(arguments: [
        "mallory", "alice\0x", "x' OR '1'='1", "'; DROP TABLE users; --", "%", "alice ", String(repeating: "x", count: 100_000),
    ])
    func `are not made up`(user: String) async throws {
        let shop = try directory()
        #expect(try await shop.standing(of: user, .lock) == .noSuchAccount)
        let refusal = try #require(await failure { try await shop.restrict(.test(user)) })
        #expect(refusal.kind == .permanent)
        #expect(refusal.message.hasPrefix("there is no account"))
        #expect(try await shop.lift(.test(user)) == .alreadySo)
        #expect(try server.sql("SELECT count(*) FROM users WHERE locked_until IS NULL") == "5")
    }

    @Test func `tell their mail address by a statement, one for a name`() async throws {
        let shop = try directory(["mail_address": "SELECT login || '@example.org' FROM users WHERE login = :user"])
        #expect(shop.tellsMailAddresses)
        #expect(try await shop.mailAddress(of: "alice") == "alice@example.org")
        for user in ["mallory", "alice\0", "x' OR '1'='1"] { #expect(try await shop.mailAddress(of: user) == nil) }
        let none = try directory(["mail_address": "SELECT NULL FROM users WHERE login = :user"])
        #expect(try await none.mailAddress(of: "alice") == nil)
        let many = try directory(["mail_address": "SELECT login FROM users WHERE login >= :user"])
        let unclear = await #expect(throws: DirectoryFailure.self) { try await many.mailAddress(of: "") }
        #expect(unclear?.message == "“mail_address” gave 5 rows instead of one")
        let plain = try directory()
        #expect(!plain.tellsMailAddresses)
        #expect(try await plain.mailAddress(of: "alice") == nil)
    }

    @Test func `are left alone where a statement would have changed more than one`() async throws {
        let refusal = try #require(
            await failure {
                try await directory(["lock": "UPDATE users SET locked_until = 'infinity' WHERE login >= :user"]).restrict(.test("alice"))
            })
        #expect(refusal.kind == .permanent)
        #expect(refusal.message.contains("rows instead of one; nothing was changed"))
        #expect(try server.sql("SELECT count(*) FROM users WHERE locked_until IS NULL") == "5")
    }

    @Test(arguments: [
        ("SELECT true WHERE :user <> ''", AccountChange.changed), ("SELECT 'already' WHERE :user <> ''", .alreadySo),
        ("SELECT false WHERE :user <> ''", .alreadySo),
        ("SELECT 'none' WHERE :user <> ''", .cannot("there is no account alice", .permanent)),
        ("SELECT NULL WHERE :user <> ''", .cannot("there is no account alice", .permanent)),
        ("SELECT 42 WHERE :user <> ''", .cannot("“lock” answered “42”, which is none of changed, already and none", .permanent)),
        ("UPDATE users SET locked_by = 'x' WHERE login = :user RETURNING login", .changed),
        (
            "UPDATE users SET locked_by = 'x' WHERE login = :user AND false",
            .cannot("“lock” changed no row, and “is_locked” says that it is not so", .permanent)
        ),
    ])
    func `are changed as the answer of a statement says`(statement: String, change: AccountChange) async throws {
        let answer = await Result.catching { try await directory(["lock": statement]).restrict(.test("alice")) }
        switch change {
        case .cannot(let message, let kind):
            let found = await failure { try answer.get() }
            #expect(found?.message == message)
            #expect(found?.kind == kind)
        default: #expect(try answer.get() == change)
        }
    }

    @Test(arguments: [
        ("UPDATE nowhere SET x = 1 WHERE y = :user", FailureKind.permanent, "42P01"), ("UPDAT users :user", .permanent, "42601"),
        ("DELETE FROM users WHERE login = :user", .permanent, "42501"),
        ("UPDATE users SET locked_until = :user", .permanent, "22007"),
        ("SELECT fail('40001', :user)", .transient, "40001"), ("SELECT fail('40P01', :user)", .transient, "40P01"),
        ("SELECT fail('53100', :user)", .transient, "53100"), ("SELECT fail('P0001', :user)", .permanent, "P0001"),
        ("COPY (SELECT 1) TO STDOUT /* x */ -- \n WHERE :user", .permanent, "42601"),
    ])
    func `fail for good or for now as the server's code says`(statement: String, kind: FailureKind, code: String) async throws {
        try server.sql(
            "CREATE FUNCTION fail(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = $1; END $$")
        let found = try #require(await failure { try await directory(["lock": statement]).restrict(.test("alice")) })
        #expect(found.kind == kind, "\(found.message)")
        #expect(found.message.contains("(\(code))"), "\(found.message)")
    }

    @Test func `fail for now while somebody else holds the row, and the server has taken nothing over by then`() async throws {
        let connection = ["host": server.folder, "dbname": "postgres", "user": "postgres"]
        let holder = try PostgreSQLConnection.open(connection, password: nil, deadline: .now + .seconds(60))
        try holder.begin()
        _ = try holder.execute("UPDATE users SET locked_by = 'holder' WHERE login = $1", ["alice"])
        let found = try #require(await failure { try await directory(timeout: .seconds(1)).restrict(.test("alice")) })
        #expect(found.kind == .transient)
        #expect(found.message.contains("(57014)"), "\(found.message)")
        try holder.commit()
        #expect(try server.sql("SELECT locked_by, locked_until FROM users WHERE login = 'alice'") == "holder|")
    }

    @Test func `are not reached with a wrong password, which is named nowhere`() async throws {
        let wrong = try SecretFile("wr0ng-secret")
        let found = try #require(await failure { try await directory(password: wrong.secret).restrict(.test("alice")) })
        #expect(found.kind == .permanent)
        #expect(found.message.contains("28P01"))
        #expect(!found.message.contains("wr0ng"))
        let missing = try #require(await failure { try await directory(password: .file("/nowhere")).restrict(.test("alice")) })
        #expect(missing.kind == .transient)
        #expect(missing.message.contains("file:/nowhere"))
    }

    @Test func `are not reached with a wrong password, though another host is tried before`() async throws {
        let (port, _) = try server.encrypt()
        let wrong = try SecretFile("wr0ng-secret")
        let hosts = ["host": "a.example.org,b.example.org", "hostaddr": "127.0.0.2,127.0.0.1", "port": "\(port)"]
        let shop = try server.directory(password: wrong.secret, connection: hosts)
        let found = try #require(await failure { try await shop.restrict(.test("alice")) })
        #expect(found.kind == .permanent, "\(found.message)")
        #expect(found.message.contains("127.0.0.2") && found.message.contains("28P01"), "\(found.message)")
    }

    @Test func `are worked on over TLS, where the server is the one that is meant`() async throws {
        let (port, authorities) = try server.encrypt()
        let right = [
            "host": "db.example.org", "hostaddr": "127.0.0.1", "port": "\(port)", "sslmode": "verify-full", "sslrootcert": authorities,
        ]
        let shop = try server.directory(password: password.secret, connection: right)
        #expect(try await shop.restrict(.test("alice")) == .changed)
        let other = try PostgreSQLServer.certificate(in: server.folder, "other.example.org")
        for (key, value, words) in [
            ("sslrootcert", other, "certificate verify failed"), ("sslrootcert", "/nowhere/root.crt", "/nowhere/root.crt"),
            ("host", "shop.example.org", "does not match host name \"shop.example.org\""), ("sslmode", "disable", "28000"),
        ] {
            let shop = try server.directory(
                password: password.secret, connection: right.merging([key: value]) { _, new in new })
            let found = try #require(await failure { try await shop.lift(.test("alice")) })
            #expect(found.message.contains(words), "\(found.message)")
            #expect(found.kind == .permanent, "\(found.message)")
            #expect(found.message.contains("“sslrootcert”") == (key != "sslmode"), "\(found.message)")
            #expect(!found.message.contains(PostgreSQLServer.password))
        }
        #expect(try server.sql("SELECT count(*) FROM users WHERE locked_until IS NOT NULL") == "1")
    }

    @Test func `are not changed, for good, where the server's certificate has run out`() async throws {
        let (port, certificate) = try server.encrypt()
        try Program.expire(certificate, key: "\(certificate).key")
        server.crash()
        try server.start()
        let shop = try server.directory(
            password: password.secret,
            connection: [
                "host": "db.example.org", "hostaddr": "127.0.0.1", "port": "\(port)", "sslmode": "verify-full",
                "sslrootcert": certificate,
            ])
        let found = try #require(await failure { try await shop.restrict(.test("alice")) })
        #expect(found.kind == .permanent, "\(found.message)")
        #expect(found.message.contains("Renew the server's certificate"), "\(found.message)")
    }

    @Test func `are tried again where one of several servers is away, and only the others' certificates are bad`() async throws {
        let (port, _) = try server.encrypt()
        let stranger = try PostgreSQLServer.certificate(in: server.folder, "other.example.org")
        // Nobody listens at the second, and no other test is given it meanwhile.
        for (other, kind) in [(port, FailureKind.permanent), (9, .transient)] {
            let shop = try server.directory(
                password: password.secret,
                connection: [
                    "host": "db.example.org,db.example.org", "hostaddr": "127.0.0.1,127.0.0.1", "port": "\(other),\(port)",
                    "sslmode": "verify-full", "sslrootcert": stranger,
                ])
            let found = try #require(await failure { try await shop.restrict(.test("alice")) })
            #expect(found.kind == kind, "\(found.message)")
        }
    }

    @Test func `are not worked on in the clear where the server has no TLS`() async throws {
        let plain = try HostileServer([Array("N".utf8)])
        let refused = try server.directory(
            password: password.secret,
            connection: [
                "sslmode": "verify-full", "host": "127.0.0.1", "port": "\(plain.port)",
                "sslrootcert": try PostgreSQLServer.certificate(in: server.folder, "db.example.org"),
            ])
        let message = try #require(await failure { try await refused.restrict(.test("alice")) }).message
        #expect(message.contains("server does not support SSL, but SSL was required"), "\(message)")
    }

    @Test func `do not have what the server says beside printed`() async throws {
        try server.sql(
            "CREATE FUNCTION chatty(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING E'x\\nchatty'; RETURN 'changed'; END $$")
        let shop = try directory(["lock": "SELECT chatty(:user)"])
        let printed = try await printed { _ = try await shop.restrict(.test("alice")) }
        #expect(!printed.contains("chatty"), "\(printed)")
    }

    @Test func `wait for a server that is down, and go on when it is back`() async throws {
        let shop = try directory()
        server.crash()
        let found = try #require(await failure { try await shop.restrict(.test("alice")) })
        #expect(found.kind == .transient)
        try server.start()
        #expect(try await shop.restrict(.test("alice")) == .changed)
    }

    @Test func `are not changed by a server that hangs and goes on later`() async throws {
        let shop = try directory(timeout: .seconds(1))
        try server.freeze(true)
        let begun = ContinuousClock.now
        let found = await failure { try await shop.restrict(.test("alice")) }
        let taken = ContinuousClock.now - begun
        try server.freeze(false)
        #expect(found?.kind == .transient)
        #expect(found?.message.contains("no answer in time") == true, "\(found?.message ?? "")")
        #expect(taken < .seconds(15))
        try await until("the server has let go") {
            try server.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'riposte'") == "0"
        }
        #expect(try await directory().standing(of: "alice", .lock) == .free)
    }

    @Test func `are not changed where the server dies in the middle of a statement`() async throws {
        let shop = try directory(
            [
                "lock": "UPDATE users SET locked_until = 'infinity', locked_by = pg_sleep(60)::text WHERE login = :user"
            ], timeout: .seconds(60))
        async let answer = failure { try await shop.restrict(.test("alice")) }
        kill(try await server.backend(saying: "pg_sleep(60)"), SIGKILL)
        let found = try #require(await answer)
        #expect(found.kind == .transient, "\(found.message)")
        try await until("the server is back") { (try? server.sql("SELECT 1")) != nil }
        #expect(try await directory().standing(of: "alice", .lock) == .free)
    }

    @Test func `may have been changed where the server dies in the middle of a commit`() async throws {
        try server.sql(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow();
            """)
        let shop = try directory(timeout: .seconds(60))
        async let answer = failure { try await shop.restrict(.test("alice")) }
        kill(try await server.backend(saying: "COMMIT"), SIGKILL)
        let found = try #require(await answer)
        #expect(found.kind == .unknown)
        #expect(found.message.contains("it may have been done"))
    }

    @Test func `have their sessions ended, those that began before a time`() async throws {
        try server.sql(
            "INSERT INTO sessions VALUES ('a', 'alice', '2026-01-01'), ('b', 'alice', '2026-01-01'), ('c', 'alice', '2026-03-01'), ('d', 'bob', '2026-01-01')"
        )
        let shop = try directory()
        let time = try #require(Timestamp(rfc3339: "2026-02-01T00:00:00Z"))
        #expect(try await shop.revokeSessions(of: "alice", before: time, key: "k") == .ended(2))
        #expect(try await shop.revokeSessions(of: "alice", before: time, key: "k") == .none)
        #expect(try await shop.terminateSession("c", of: nil, key: "k") == .ended(1))
        #expect(try await shop.terminateSession("c' OR true", of: nil, key: "k") == .none)
        #expect(try server.sql("SELECT string_agg(id, ',') FROM sessions") == "d")
    }

    @Test func `are looked over before they are needed`() async throws {
        let found = await failure {
            _ = try await directory(["lock": "UPDATE sessions SET login = :user"]).examine()
            return .changed
        }
        #expect(found?.kind == .permanent)
        #expect(found?.message.contains("“lock”") == true)
        #expect(found?.message.contains("(42501)") == true, "\(found?.message ?? "")")
    }
}

/// What is written to standard error meanwhile.
private func printed(_ body: () async throws -> Void) async throws -> String {
    let path = try Program.folder("stderr") + "/output"
    let (file, own) = (open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600), dup(2))
    dup2(file, 2)
    let result = await Result.catching { try await body() }
    dup2(own, 2)
    close(own)
    close(file)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try? FileManager.default.removeItem(atPath: String(path.dropLast("/output".count)))
    try result.get()
    return text
}

extension Result where Failure == any Error {
    static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}

@Suite struct `what a server says` {
    @Test func `is one line, not long, and without our password`() {
        let said = ServerText.shown(
            "no\npassword hunter2\u{1B}[31m " + String(repeating: "x", count: 500), withholding: SecretValue("hunter2"))
        #expect(said.hasPrefix("no password <redacted> [31m x"))
        #expect(said.count == 201)
    }
}
