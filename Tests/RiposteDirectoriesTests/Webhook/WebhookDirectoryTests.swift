import Foundation
import Riposte
import RiposteChannels
import RiposteDirectories
import RiposteTesting
import Testing

@Suite struct `accounts behind a webhook` {
    private let token: SecretFile
    private let key: SecretFile
    private let client = HTTPClient(.init(allowedNetworks: ["127.0.0.1"].compactMap { AddressRange($0) }))
    private let clock = ManualClock(Timestamp(seconds: 1_800_000_000))

    init() throws {
        token = try SecretFile("t0ken-in-header")
        key = try SecretFile("k3y")
    }

    /// - Parameter server: `nil` = nobody listens there, and no other test is given the port meanwhile.
    private func directory(_ server: LocalHTTPServer?, timeout: Duration = .seconds(20), asks: Bool = false) throws -> WebhookDirectory {
        let url = server?.url ?? "http://127.0.0.1:9"
        let configuration = WebhookConfiguration(
            url: url + "/orders?secret-part=1", timeout: timeout, bearer: token.secret, signingSecret: key.secret)
        return try WebhookDirectory(
            "hooks", configuration, verbs: ["lock", "force_reset", "revoke_sessions"],
            standingURL: asks ? url + "/users/{{ user }}/{{ restriction }}" : nil,
            mailAddressURL: asks ? url + "/mail?of={{ user }}" : nil, client: client, clock: clock)
    }

    @Test func `get one signed request for an order, with a key that says what is the same`() async throws {
        let server = try LocalHTTPServer { _ in LocalHTTPServer.Response(204) }
        let hooks = try directory(server)
        #expect(hooks.restrictions == [.lock, .passwordReset])
        #expect(hooks.scopes == [.allOfUser])
        let end = Timestamp(seconds: 1_800_003_600)
        #expect(try await hooks.restrict(.test("alice", until: end)) == .changed)
        #expect(try await hooks.restrict(.test("alice", until: end)) == .changed)
        #expect(try await hooks.restrict(.test("alice", until: end + .minutes(1))) == .changed)
        #expect(try await hooks.lift(.test("alice")) == .changed)
        let requests = server.requests
        let first = try #require(requests.first)
        #expect(
            first.json == [
                "verb": "lock", "user": "alice", "until": "2027-01-15T09:00:00Z", "incident": "inc-1", "effect": "eff-1",
            ])
        #expect(first["Authorization"] == "Bearer t0ken-in-header")
        try RequestSignature.verify(
            try #require(first[RequestSignature.fieldName]), body: first.body, secret: SecretValue("k3y"), now: clock.now())
        let keys = requests.map { $0["Idempotency-Key"] ?? "" }
        #expect(keys[0] == keys[1])
        #expect(Set(keys).count == 3)
        #expect(requests.last?.json?.value(at: "verb") == "unlock")
        #expect(requests.last?.json?.value(at: "until") == nil)
    }

    @Test(arguments: [
        (200, "", AccountChange.changed), (200, "{\"state\": \"changed\"}", .changed), (200, "{\"state\": \"already\"}", .alreadySo),
        (208, "", .alreadySo), (404, "", .cannot("there is no account alice", .permanent)),
        (200, "{\"state\": \"none\"}", .cannot("there is no account alice", .permanent)), (202, "", .cannot("accepted", .transient)),
        (409, "", .cannot("409", .transient)), (503, "", .cannot("503", .transient)), (429, "", .cannot("429", .transient)),
        (400, "", .cannot("400", .permanent)), (401, "", .cannot("401", .permanent)), (302, "", .cannot("redirects", .permanent)),
    ])
    func `answer by status and state`(status: Int, body: String, change: AccountChange) async throws {
        let server = try LocalHTTPServer { _ in LocalHTTPServer.Response(status, body: Array(body.utf8)) }
        let hooks = try directory(server)
        guard case .cannot(let words, let kind) = change else {
            #expect(try await hooks.restrict(.test("alice")) == change)
            return
        }
        let found = try #require(await failure { try await hooks.restrict(.test("alice")) })
        #expect(found.kind == kind)
        #expect(found.message.contains(words), "\(found.message)")
        #expect(!found.message.contains("t0ken") && !found.message.contains("secret-part"))
        if words.contains("no account") { #expect(try await hooks.lift(.test("alice")) == .alreadySo) }
    }

    @Test func `say how long to wait`() async throws {
        let server = try LocalHTTPServer { _ in LocalHTTPServer.Response(503, fields: [.init("Retry-After", "120")]) }
        let hooks = try directory(server)
        await #expect { try await hooks.restrict(.test("alice")) } throws: { ($0 as? DirectoryFailure)?.retryAfter == .seconds(120) }
    }

    @Test func `may have been changed where the answer is missing, and surely not where nobody was there`() async throws {
        let hanging = try LocalHTTPServer { _ in .hanging }
        let slow = try directory(hanging, timeout: .milliseconds(300))
        #expect(await failure { try await slow.restrict(.test("alice")) }?.kind == .unknown)
        let gone = try directory(nil)
        #expect(await failure { try await gone.restrict(.test("alice")) }?.kind == .transient)
    }

    @Test(.enabled(if: Program.isThere("/usr/bin/openssl"), "needs openssl"))
    func `are left alone, for good, where the service's certificate is not trusted`() async throws {
        let folder = try Program.folder("tls")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let certificate = try PostgreSQLServer.certificate(in: folder, "hooks.example.org")
        let port = try Program.freePort()
        let arguments = ["s_server", "-accept", "127.0.0.1:\(port)", "-www", "-cert", certificate, "-key", "\(certificate).key"]
        let service = try Program.start("/usr/bin/openssl", arguments, log: "\(folder)/log")
        defer { service.end() }
        try await until("it listens") { try String(contentsOfFile: "\(folder)/log", encoding: .utf8).contains("ACCEPT") }
        let configuration = WebhookConfiguration(url: "https://127.0.0.1:\(port)/orders", timeout: .seconds(20), signingSecret: key.secret)
        let hooks = try WebhookDirectory("hooks", configuration, verbs: ["lock"], client: client, clock: clock)
        let found = try #require(await failure { try await hooks.restrict(.test("alice")) })
        #expect(found.kind == .permanent)
        #expect(found.message.hasPrefix("the certificate of https://127.0.0.1:\(port) is not trusted: "), "\(found.message)")
        service.end()
        #expect(await failure { try await hooks.restrict(.test("alice")) }?.kind == .transient)
    }

    @Test(arguments: [
        (200, "{\"state\": \"restricted\"}", AccountStanding.restricted), (200, "{\"state\": \"free\"}", .free), (200, "yes", .unknown),
        (404, "", .noSuchAccount),
    ])
    func `are asked how they stand where the settings say where`(status: Int, body: String, standing: AccountStanding) async throws {
        let server = try LocalHTTPServer { _ in LocalHTTPServer.Response(status, body: Array(body.utf8)) }
        #expect(try await directory(server, asks: true).standing(of: "a/../b?", .lock) == standing)
        #expect(server.requests.first?.target == "/users/a%2F..%2Fb%3F/lock")
        #expect(server.requests.first?.method == "GET")
        #expect(try await directory(server).standing(of: "alice", .lock) == .unknown)
        #expect(server.requestCount == 1)
    }

    @Test(
        arguments: [
            (200, "{\"mail_address\": \"al@example.org\"}", "al@example.org", nil), (404, "", nil, nil),
            (200, "{\"state\": \"none\"}", nil, nil),
            (200, "{\"mail_address\": null}", nil, nil), (503, "", nil, .transient), (200, "al@example.org", nil, .permanent),
            (200, "{\"mail_address\": [\"al@example.org\"]}", nil, .permanent),
        ] as [(Int, String, String?, FailureKind?)])
    func `tell their mail address where the settings say where`(
        status: Int, body: String, address: String?, failing: FailureKind?
    ) async throws {
        let server = try LocalHTTPServer { _ in LocalHTTPServer.Response(status, body: Array(body.utf8)) }
        let hooks = try directory(server, asks: true)
        if let failing {
            #expect(await #expect(throws: DirectoryFailure.self) { try await hooks.mailAddress(of: "a&b") }?.kind == failing)
        } else {
            #expect(try await hooks.mailAddress(of: "a&b") == address)
        }
        #expect(server.requests.first?.target == "/mail?of=a%26b" && server.requests.first?.method == "GET")
        #expect(try await directory(server).mailAddress(of: "alice") == nil)
        #expect(server.requestCount == 1)
    }

    @Test func `have their sessions ended where the service does that`() async throws {
        let server = try LocalHTTPServer { _ in .json(["ended": 3]) }
        let hooks = try directory(server)
        #expect(try await hooks.revokeSessions(of: "alice", before: Timestamp(seconds: 1_800_000_000), key: "run:1") == .ended(3))
        #expect(server.requests.first?["Idempotency-Key"] == "run:1")
        #expect(server.requests.first?.json == ["verb": "revoke_sessions", "user": "alice", "before": "2027-01-15T08:00:00Z"])
        guard case .cannot(_, .permanent) = try await hooks.terminateSession("s", of: nil, key: "k") else {
            Issue.record("it does not end single sessions")
            return
        }
        #expect(server.requestCount == 1)
    }
}
