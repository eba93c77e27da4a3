import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a webhook as an action of its own` {
    private let clock = ManualClock()
    private let client = localClient()
    private let token: SecretFile
    private let signing: SecretFile

    init() throws {
        token = try SecretFile("tok_hunter2\n")
        signing = try SecretFile("whsec_hunter3\n")
    }

    private func openTicket(
        at url: String, _ change: (inout WebhookConfiguration) -> Void = { _ in }
    ) throws -> WebhookAction {
        var configuration = WebhookConfiguration(
            url: url + "/api/{{ incident.id }}", headers: ["X-Api-Key": .secret(signing.secret)],
            body: ["title": "{{ anomaly.summary }}", "user": "{{ user.id }}"], bearer: token.secret, signingSecret: signing.secret)
        change(&configuration)
        return try WebhookAction("open_ticket", configuration, client: client, clock: clock)
    }

    @Test func `succeeds, and says where and with which status`() async throws {
        let desk = try ticketDesk()
        let result = try await openTicket(at: desk.url).execute(in: .example())
        #expect(result.success)
        #expect(!result.isUnchanged)
        #expect(result.message == "\(desk.url) answered 201")
        #expect(result.context == ["webhook_status": 201])
        let request = try #require(desk.requests.first)
        #expect(request.json == ["title": "12 failures in 60 s", "user": "alice"])
        #expect(request["x-api-key"] == "whsec_hunter3")
        let signature = try #require(request[RequestSignature.fieldName])
        try RequestSignature.verify(signature, body: request.body, secret: SecretValue("whsec_hunter3"), now: clock.now())
        #expect(throws: RequestSignature.Problem.mismatch) {
            try RequestSignature.verify(signature, body: request.body + [0x20], secret: SecretValue("whsec_hunter3"), now: clock.now())
        }
    }

    @Test func `sends the same key and body in every attempt of a step, and another for another step`() async throws {
        let desk = try ticketDesk()
        let action = try openTicket(at: desk.url) { $0.body = nil }
        _ = try await action.execute(in: .example())
        clock.advance(by: .hours(1))
        _ = try await action.execute(in: .example(attempt: 2, now: clock.now()))
        var other = ResponseContext.example()
        other.step = StepPath(3)
        _ = try await action.execute(in: other)
        let requests = desk.requests
        #expect(requests.map { $0["idempotency-key"] } == ["run-1:2", "run-1:2", "run-1:3"])
        #expect(requests[0].body == requests[1].body)
        #expect(requests[0][RequestSignature.fieldName] != requests[1][RequestSignature.fieldName])
    }

    @Test func `sends what is known of the run where it has no body, and of the account its id alone`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        let action = try WebhookAction("tell", WebhookConfiguration(url: server.url), client: client, clock: clock)
        _ = try await action.execute(in: .example())
        let expected: JSONValue = [
            "incident": ["id": "inc-1", "title": "Brute force from 203.0.113.9", "severity": "high"],
            "playbook": ["slug": "brute_force_response", "name": "Brute force"],
            "anomaly": ["id": "ano-1", "summary": "12 failures in 60 s", "count": 12], "ip": "203.0.113.9", "user": "alice",
            "run": ["id": "run-1", "step": "2"],
        ]
        #expect(server.requests.first?.json == expected)
        let bare = try WebhookAction("ask", WebhookConfiguration(url: server.url, method: .get), client: client, clock: clock)
        #expect(try await bare.execute(in: .example()).success)
        #expect(server.requests.last?.body == [])
    }

    @Test(arguments: [(401, FailureKind.permanent), (404, .permanent), (408, .transient), (429, .transient), (503, .transient)])
    func `fails by what the server answers`(status: Int, kind: FailureKind) async throws {
        let server = try LocalHTTPServer { request in
            .text("no: \(request["authorization"] ?? "")", status: status, fields: [.init("Retry-After", "9")])
        }
        let result = try await openTicket(at: server.url).execute(in: .example())
        #expect(!result.success)
        #expect(result.failureKind == kind)
        #expect(result.message == "\(server.url)/api/inc-1 answered \(status)")
        #expect(result.retryAfter == .seconds(9))
        #expect(result.context.isEmpty)
    }

    @Test func `fails, to be tried again, where the server is gone`() async throws {
        let url = goneServer()
        let result = try await openTicket(at: url).execute(in: .example())
        #expect(result.failureKind == .transient)
        #expect(result.message == "no connection to \(url)")
    }

    @Test func `that was sent and not answered may have been done, and says that it timed out`() async throws {
        let server = try LocalHTTPServer { _ in .hanging }
        let action = try openTicket(at: server.url) { $0.timeout = .milliseconds(200) }
        let result = try await action.execute(in: .example())
        #expect(result.failureKind == .unknown)
        #expect(result.isTimeout)
        #expect(result.message.contains("timed out"))
        #expect(server.requestCount == 1)
        let dropping = try LocalHTTPServer { _ in .dropped }
        let dropped = try await openTicket(at: dropping.url).execute(in: .example())
        #expect(dropped.failureKind == .unknown)
        #expect(!dropped.isTimeout)
    }

    @Test func `names the context that it lacks, and asks nobody`() async throws {
        let desk = try ticketDesk()
        let action = try openTicket(at: desk.url)
        for context in [ResponseContext.example { $0["anomaly"] = nil }, .example { $0["user"] = nil }] {
            let path = context["anomaly"] == nil ? "anomaly.summary" : "user.id"
            let result = try await action.execute(in: context)
            #expect(result.failureKind == .permanent)
            #expect(result.message == "the context holds no “\(path)”, which the webhook needs")
            #expect(try await action.preview(NoParameters(), in: context) == result)
        }
        #expect(desk.requestCount == 0)
    }

    @Test func `names the place of a secret that is not there, and asks nobody`() async throws {
        let desk = try ticketDesk()
        let missing = Secret.environment("RIPOSTE_NO_SUCH_SECRET")
        let changes: [(inout WebhookConfiguration) -> Void] = [
            { $0.bearer = missing }, { $0.signingSecret = missing }, { $0.headers["X-Api-Key"] = .secret(missing) },
            { $0.address = .secret(missing) },
        ]
        for change in changes {
            let result = try await openTicket(at: desk.url, change).execute(in: .example())
            #expect(result.failureKind == .transient)
            #expect(result.message == "the secret environment:RIPOSTE_NO_SUCH_SECRET is not set")
        }
        #expect(desk.requestCount == 0)
    }

    @Test func `shows no secret, whatever happens`() async throws {
        let refusing = try LocalHTTPServer { request in .text("\(request["authorization"] ?? "") hunter2", status: 400) }
        let address = try SecretFile("\(refusing.url)/hunter4?key=hunter5")
        let broken = try SecretFile("not a URL: hunter6")
        let twoLines = try SecretFile("tok_hunter7\nX-Evil: 1")
        let gone = try SecretFile(goneServer() + "/hunter8")
        let actions = [
            try openTicket(at: refusing.url), try openTicket(at: refusing.url) { $0.address = .secret(address.secret) },
            try openTicket(at: refusing.url) { $0.address = .secret(broken.secret) },
            try openTicket(at: refusing.url) { $0.address = .secret(gone.secret) },
            try openTicket(at: refusing.url) { $0.bearer = twoLines.secret },
            try openTicket(at: refusing.url) { $0.headers = ["X-Api-Key": .secret(twoLines.secret)] },
        ]
        var shown = ""
        for action in actions {
            let result = try await action.execute(in: .example())
            #expect(!result.success)
            dump(result, to: &shown)
            dump(action, to: &shown)
            dump(action.documentation, to: &shown)
            dump(try await action.preview(NoParameters(), in: .example()), to: &shown)
        }
        for number in 2...8 { #expect(!shown.contains("hunter\(number)")) }
        #expect(refusing.requests.map(\.target) == ["/api/inc-1", "/hunter4?key=hunter5"])
    }

    @Test func `whose URL is a secret names its place`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        let address = try SecretFile("\(server.url)/hooks/hunter4\n")
        let action = try WebhookAction("tell", WebhookConfiguration(address: .secret(address.secret)), client: client, clock: clock)
        #expect(try await action.execute(in: .example()).message == "the URL in \(address.secret) answered 200")
        #expect(server.requests.map(\.target) == ["/hooks/hunter4"])
    }

    @Test func `only says in a preview what it would do`() async throws {
        let desk = try ticketDesk()
        let preview = try await openTicket(at: desk.url).preview(NoParameters(), in: .example())
        #expect(preview == .success("would send POST to \(desk.url)/api/inc-1"))
        #expect(desk.requestCount == 0)
    }

    @Test func `cannot be taken back, and says so`() throws {
        let registered = RegisteredAction(try openTicket(at: "https://tickets.example.org"))
        #expect(!registered.isReversible)
        #expect(registered.targetKind == nil)
        #expect(registered.documentation.undo == nil)
        #expect(registered.documentation.summary == "Sends POST to https://tickets.example.org.")
    }

    @Test func `is refused where it could never work`() {
        #expect(throws: WebhookError.self) { try openTicket(at: "https://{{ ip }}") }
        #expect(throws: WebhookError.self) { try openTicket(at: "https://a.example") { $0.headers["Authorization"] = "x" } }
    }

    @Test func `keeps the contract of actions`() async throws {
        let opened = Tickets()
        let server = try LocalHTTPServer { request in
            opened.open(request["idempotency-key"] ?? "", request.text)
            return .json(["ticket": "T-1"], status: 201)
        }
        let contract = ActionContract(
            try openTicket(at: server.url),
            values: ["incident": JSONValue.object(["id": "inc-1"]), "anomaly": JSONValue.object(["summary": "s"]), "user": "alice"],
            tellsRepetition: false
        ) { opened.description }
        #expect(try await contract.findings() == [])
        #expect(server.requestCount >= 2)
    }
}
