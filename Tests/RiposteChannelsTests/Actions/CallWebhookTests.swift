import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `the built-in webhook` {
    private let action = CallWebhook(client: localClient(), clock: ManualClock())

    private func parameters(_ values: [String: JSONValue]) throws -> CallWebhook.Parameters {
        try CallWebhook.Parameters(ParameterValues(values))
    }

    private func run(_ values: [String: JSONValue], in context: ResponseContext = .example()) async throws -> ActionResult {
        try await action.execute(try parameters(values), in: context)
    }

    @Test func `sends what the step says`() async throws {
        let server = try LocalHTTPServer { _ in .text("", status: 204) }
        let result = try await run([
            "url": .string(server.url + "/x/{{ ip }}?user={{ user.id }}"), "method": "put", "headers": ["X-Incident": "{{ incident.id }}"],
            "body": ["text": "{{ incident.title }}", "run": "{{ run.id }}"], "expect": [204, "300-302"],
        ])
        #expect(result == .success("\(server.url) answered 204", context: ["webhook_status": 204]))
        let request = try #require(server.requests.first)
        #expect("\(request.method) \(request.target)" == "PUT /x/203.0.113.9?user=alice")
        #expect(request["x-incident"] == "inc-1")
        #expect(request["idempotency-key"] == "run-1:2")
        #expect(request.json == ["text": "Brute force from 203.0.113.9", "run": "run-1"])
        #expect(request["authorization"] == nil)
        #expect(request[RequestSignature.fieldName] == nil)
    }

    @Test func `posts what is known of the run where the step gives an address alone`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        #expect(try await run(["url": .string(server.url)]).success)
        #expect(server.requests.first?.method == "POST")
        #expect(server.requests.first?.json?["incident"]?["id"] == "inc-1")
    }

    @Test func `fails where nobody is there, and where it lacks context`() async throws {
        let gone = try await run(["url": .string(goneServer())])
        #expect(gone.failureKind == .transient)
        let lacking = try await run(["url": "https://example.org/{{ account }}"])
        #expect(lacking == .failure("the context holds no “account”, which the webhook needs", kind: .permanent))
    }

    @Test func `goes to no address that is not listed`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        let strict = CallWebhook(client: HTTPClient(), clock: ManualClock())
        let result = try await strict.execute(try parameters(["url": .string(server.url)]), in: .example())
        #expect(result.failureKind == .permanent)
        #expect(server.requestCount == 0)
    }

    @Test func `takes no secret from a playbook, and does not repeat it`() {
        for name in ["Authorization", "x-api-key", "Cookie", "X-Auth-Token"] {
            let error = #expect(throws: ParameterError.self) {
                try parameters(["url": "https://example.org", "headers": [name: "hunter2"]])
            }
            #expect(error?.description.contains("“actions” in the settings") == true)
            #expect(error?.description.contains("hunter2") == false)
        }
    }

    @Test(
        arguments: [
            [:], ["url": "example.org"], ["url": "https://{{ ip }}/"], ["url": "https://a.example/{{"],
            ["url": "https://a.example", "method": "HEAD"], ["url": "https://a.example", "method": 1],
            ["url": "https://a.example", "headers": "x"], ["url": "https://a.example", "headers": ["A": ["env": "B"]]],
            ["url": "https://a.example", "headers": ["Host": "b.example"]], ["url": "https://a.example", "expect": []],
            ["url": "https://a.example", "expect": "ok"], ["url": "https://a.example", "body": "{{ a b }}"],
            ["url": "https://a.example", "secret_env": "TOKEN"],
        ] as [[String: JSONValue]])
    func `is refused at load where a step is wrong`(values: [String: JSONValue]) throws {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step("webhook", parameters: values)])
        let findings = PlaybookLinter(actions: try ActionRegistry([action]), detectors: []).findings(for: [
            LocatedPlaybook(playbook: playbook)
        ])
        #expect(findings.contains { $0.level == .error })
    }

    @Test func `keeps the contract of actions`() async throws {
        let seen = Tickets()
        let server = try LocalHTTPServer { request in
            seen.open(request["idempotency-key"] ?? "", request.text)
            return .text("")
        }
        let contract = ActionContract(
            action, parameters: ["url": .string(server.url), "body": ["ip": "{{ ip }}"]], values: ["ip": "203.0.113.9"],
            tellsRepetition: false
        ) { seen.description }
        #expect(try await contract.findings() == [])
    }
}
