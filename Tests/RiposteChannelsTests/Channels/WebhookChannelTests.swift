import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a webhook channel` {
    private let clock = ManualClock()
    private let client = localClient()

    @Test func `posts the notification, signed and with its id as key`() async throws {
        let server = try LocalHTTPServer { _ in Response(202) }
        let file = try SecretFile("hunter2\n")
        let channel = try WebhookChannel(
            WebhookConfiguration(url: server.url + "/hook", signingSecret: file.secret), client: client, clock: clock)
        let receipt = try await channel.deliver(.example(title: "{{ notification.id }}"))
        #expect(receipt.message == "\(server.url) answered 202")

        let request = try #require(server.requests.first)
        #expect(request["idempotency-key"] == "ntf-1")
        #expect(request["content-type"] == "application/json")
        let signature = try #require(request[RequestSignature.fieldName])
        try RequestSignature.verify(signature, body: request.body, secret: SecretValue("hunter2"), now: clock.now())
        #expect(throws: RequestSignature.Problem.mismatch) {
            try RequestSignature.verify(signature, body: request.body, secret: SecretValue("hunter3"), now: clock.now())
        }
        let expected: JSONValue = [
            "id": "ntf-1", "kind": "opened", "incident": "inc-1", "severity": "high", "title": "{{ notification.id }}",
            "body": "12 failures in 60 s.",
            "facts": [["name": "ip", "value": "203.0.113.9"]], "link": nil, "created_at": "2026-11-20T12:00:00Z",
            "deduplication_key": "inc-1",
        ]
        #expect(request.json == expected)
    }

    @Test func `sends a body of the user's own`() async throws {
        let server = try LocalHTTPServer { _ in Response(200) }
        let configuration = WebhookConfiguration(
            url: server.url, body: ["content": "{{ notification.severity }}: {{ notification.title }}"])
        _ = try await WebhookChannel(configuration, client: client, clock: clock).deliver(.example(title: "a \"b\" {{ x }}"))
        #expect(server.requests.first?.json == ["content": "high: a \"b\" {{ x }}"])
    }

    @Test func `says what failed, and whether it may work later`() async throws {
        let answers: [(Response, FailureKind)] = [
            (Response(503, fields: [.init("Retry-After", "7")]), .transient), (Response(410), .permanent),
            (.redirect(to: "http://127.0.0.1/"), .permanent),
            (.dropped, .unknown),
        ]
        for (answer, kind) in answers {
            let server = try LocalHTTPServer { _ in answer }
            let channel = try WebhookChannel(WebhookConfiguration(url: server.url + "/x?token=hunter2"), client: client, clock: clock)
            let error = await failure { () throws(DeliveryFailure) in try await channel.deliver(.example()) }
            #expect(error?.kind == kind)
            #expect(error?.retryAfter == (answer.status == 503 ? .seconds(7) : nil))
            #expect(error?.message.contains("hunter2") == false)
        }
    }

    private typealias Response = LocalHTTPServer.Response
}
