import Logging
import Riposte
import RiposteChannels
import RiposteDirectories
import RiposteTesting
import Synchronization
import Testing

/// One incident with five locked accounts: two in a real PostgreSQL database, two in a real LDAP directory, one behind a
/// webhook.
@Suite(.serialized, .enabled(if: PostgreSQLServer.isAvailable && LDAPServer.isAvailable, "needs PostgreSQL and slapd"))
struct `several back ends at once` {
    private let clock = ManualClock(autoAdvances: true)
    private let store = InMemoryStore()
    private let postgreSQL: PostgreSQLServer
    private let ldap: LDAPServer
    private let service: LocalHTTPServer
    /// Whether the service does its work.
    private let isUp = Atomic(true)
    private let secrets: [SecretFile]
    private let responder: IncidentResponder

    init() async throws {
        let isUp = isUp
        (postgreSQL, ldap) = try await made { (try PostgreSQLServer(), try LDAPServer()) }
        service = try LocalHTTPServer { request in
            guard isUp.value else { return LocalHTTPServer.Response(503) }
            guard request.method == "POST" else {
                return request.path == "/users/wanda" ? .json(["state": "free"]) : LocalHTTPServer.Response(404)
            }
            return request.json?.value(at: "user") == "wanda" ? LocalHTTPServer.Response(204) : LocalHTTPServer.Response(404)
        }
        secrets = [try SecretFile(PostgreSQLServer.password), try SecretFile(LDAPServer.password), try SecretFile("k3y")]
        try postgreSQL.sql("DELETE FROM users; INSERT INTO users VALUES ('paul'), ('petra')")
        let client = HTTPClient(.init(allowedNetworks: ["127.0.0.1"].compactMap { AddressRange($0) }))
        let hooks = try WebhookDirectory(
            "hooks", WebhookConfiguration(url: service.url, signingSecret: secrets[2].secret), verbs: ["lock"],
            standingURL: service.url + "/users/{{ user }}", client: client)
        let directories: [any AccountDirectory] = [
            try postgreSQL.directory(password: secrets[0].secret), try ldap.directory(password: secrets[1].secret), hooks,
        ]
        let board = DecisionBoard(clock: clock)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let users = ["paul", "petra", "alice", "bob", "wanda"]
        let playbook = Playbook("lock_five", steps: users.map { Step(.lockAccount, parameters: ["user": .string($0)]) })
        responder = try IncidentResponder(
            playbooks: [playbook], actions: [LockAccount(accounts: AccountDirectories(directories, decisions: board), store: store)],
            store: store, decisions: board, clock: clock, logger: logger)
    }

    private var locked: Set<String> {
        get throws {
            let rows = try postgreSQL.sql("SELECT login FROM users WHERE locked_until IS NOT NULL").split(separator: "\n").map(String.init)
            return Set(rows + (try ["alice", "bob"].filter { try ldap.value("pwdAccountLockedTime", of: $0) != nil }))
        }
    }

    private var orders: [String] {
        service.requests.compactMap { $0.json }.compactMap { json in
            json.value(at: "verb")?.string.map { "\($0) \(json.value(at: "user")?.string ?? "")" }
        }
    }

    private func effects(_ state: Effect.State) async throws -> Set<String> {
        Set(try await store.effects(EffectQuery(states: [state])).map(\.target.value))
    }

    @Test(.timeLimit(.minutes(2)))
    func `are undone four at once, and the fifth when its own is back`() async throws {
        let report = try await responder.runPlaybook("lock_five")
        #expect(report.steps.map(\.outcome.kind) == Array(repeating: .succeeded, count: 5), "\(report.steps.map(\.outcome.message))")
        #expect(report.steps.first?.outcome.message.hasPrefix("locked paul in shop until ") == true)
        #expect(try locked == ["paul", "petra", "alice", "bob"])
        #expect(orders == ["lock wanda"])

        isUp.value = false
        let undone = try await responder.undo(.incident(report.incidentID), actor: "ann")
        #expect(undone.lines.filter { $0.fate == .takenBack }.count == 4)
        #expect(undone.lines.first { $0.fate == .triedAgain }?.effect.note?.contains("hooks: http://127.0.0.1") == true)
        #expect(try locked == [])
        #expect(try await effects(.undoing) == ["wanda"])

        isUp.value = true
        clock.advance(by: .minutes(10))
        try await responder.drain()
        #expect(try await effects(.ended) == ["paul", "petra", "alice", "bob", "wanda"])
        #expect(orders.last == "unlock wanda")
        let count = service.requestCount
        #expect(try await responder.undo(.incident(report.incidentID), actor: "ann").affected == [])
        #expect(service.requestCount == count)
    }

    @Test(.timeLimit(.minutes(2)))
    func `go on where one is down, which is told again and said, and taken back when it is there`() async throws {
        ldap.stop()
        let report = try await responder.runPlaybook("lock_five")
        #expect(report.steps.map(\.outcome.kind) == [.failed, .failed, .failed, .failed, .failed])
        let paul = try #require(report.steps.first?.outcome)
        #expect(paul.message.hasPrefix("paul is not locked everywhere: staff: no connection"), "\(paul.message)")
        #expect(paul.message.hasSuffix("done in shop"), "\(paul.message)")
        #expect(paul.attempt == 3)
        #expect(paul.failureKind == .transient)
        #expect(try postgreSQL.sql("SELECT count(*) FROM users WHERE locked_until IS NOT NULL") == "2")
        #expect(orders.contains("lock wanda"))

        try await responder.undo(.incident(report.incidentID), actor: "ann")
        try ldap.start()
        clock.advance(by: .minutes(10))
        try await responder.drain()
        #expect(try locked == [])
        #expect(try await store.effects(EffectQuery(states: [.active, .undoing, .pending])).isEmpty)
        #expect(orders.last == "unlock wanda")
    }
}

/// A value that a server's closure and a test share.
private final class Atomic<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>
    init(_ value: Value) { stored = Mutex(value) }
    var value: Value {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
