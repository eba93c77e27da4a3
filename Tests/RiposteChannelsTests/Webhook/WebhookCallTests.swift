import Riposte
import RiposteChannels
import RiposteTesting
import Synchronization
import Testing

/// The specification's own example: freeze a customer at a payment service.
@Suite struct `a webhook that freezes a customer` {
    private let clock = ManualClock()
    private let client = localClient()
    private let token: SecretFile
    private let signing: SecretFile

    init() throws {
        token = try SecretFile("sk_live_hunter2\n")
        signing = try SecretFile("whsec_hunter3\n")
    }

    private func webhook(at url: String) throws -> WebhookRequest {
        try WebhookRequest(
            WebhookConfiguration(
                url: url + "/v1/customers/{{ user.stripe_customer_id }}", headers: ["X-Incident": "{{ incident }}"],
                body: ["metadata": ["frozen": true, "reason": "{{ incident }}"]], timeout: .seconds(10), bearer: token.secret,
                signingSecret: signing.secret))
    }

    private let context: JSONValue = ["user": ["stripe_customer_id": "cus_1"], "incident": "inc-1"]

    private func call(_ webhook: WebhookRequest, _ context: JSONValue? = nil) async -> Result<HTTPResponse, WebhookError> {
        do throws(WebhookError) {
            return .success(try await webhook.send(in: context ?? self.context, idempotencyKey: "run-1:2", through: client, clock: clock))
        } catch {
            return .failure(error)
        }
    }

    /// Keeps customers, asks for the token, and does a thing once for one key.
    private func paymentService() throws -> (LocalHTTPServer, frozen: Ledger) {
        let ledger = Ledger()
        let server = try LocalHTTPServer { request in
            guard request["authorization"] == "Bearer sk_live_hunter2" else { return .json(["error": "unauthorised"], status: 401) }
            guard request.path == "/v1/customers/cus_1" else { return .json(["error": "no such customer"], status: 404) }
            ledger.freeze(request["idempotency-key"] ?? "")
            return .json(["id": "cus_1", "frozen": true])
        }
        return (server, ledger)
    }

    @Test func `succeeds, with token, key and signature`() async throws {
        let (server, ledger) = try paymentService()
        let webhook = try webhook(at: server.url)
        #expect(try await call(webhook).get().json == ["id": "cus_1", "frozen": true])
        #expect(try await call(webhook).get().status == 200)
        #expect(ledger.frozen == ["run-1:2"])
        let request = try #require(server.requests.first)
        #expect(request.json == ["metadata": ["frozen": true, "reason": "inc-1"]])
        #expect(request["x-incident"] == "inc-1")
        let signature = try #require(request[RequestSignature.fieldName])
        try RequestSignature.verify(signature, body: request.body, secret: SecretValue("whsec_hunter3"), now: clock.now())
    }

    @Test func `is rejected, is missing, or is not there, and never shows a secret`() async throws {
        let (server, ledger) = try paymentService()
        let busy = try LocalHTTPServer { request in
            .text("busy: \(request["authorization"] ?? "")", status: 503, fields: [.init("Retry-After", "9")])
        }
        let results = [
            await call(try webhook(at: server.url), ["user": ["stripe_customer_id": "cus_2"], "incident": "inc-1"]),
            await call(try webhook(at: goneServer())),
            await call(try webhook(at: busy.url)), await call(try webhook(at: server.url), ["user": [:], "incident": "inc-1"]),
        ]
        let errors = results.map { result in if case .failure(let error) = result { error } else { WebhookError?.none } }
        #expect(errors.map { $0?.code } == [.unexpectedStatus, .noResponse, .unexpectedStatus, .missingValue])
        #expect(errors.map { $0?.kind } == [.permanent, .transient, .transient, .permanent])
        #expect(errors.map { $0?.status } == [404, nil, 503, nil])
        #expect(errors[1]?.cause == .couldNotConnect)
        #expect(errors[2]?.retryAfter == .seconds(9))
        #expect(errors[3]?.message.contains("“user.stripe_customer_id”") == true)
        #expect(ledger.frozen.isEmpty)
        var shown = ""
        dump(errors, to: &shown)
        dump(try webhook(at: server.url), to: &shown)
        #expect(!(shown + "\(errors)").contains("hunter"))
    }

    @Test func `takes the statuses that it is told to expect`() async throws {
        let server = try LocalHTTPServer { _ in .init(404) }
        let expecting = try WebhookRequest(
            WebhookConfiguration(url: server.url, method: .delete, expectedStatuses: [200...204, 404...404]))
        #expect(try await call(expecting).get().status == 404)
        let strict = try WebhookRequest(WebhookConfiguration(url: server.url, expectedStatuses: [200...200]))
        #expect(failureOf(await call(strict))?.status == 404)
    }

    @Test func `is not called without its secret`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        let webhook = try WebhookRequest(WebhookConfiguration(url: server.url, bearer: .file("/nowhere/token")))
        let error = failureOf(await call(webhook))
        #expect(error?.code == .secret)
        #expect(error?.kind == .transient)
        #expect(server.requestCount == 0)
        #expect(webhook.secrets == [.file("/nowhere/token")])
    }

    @Test func `shows what it would send without reading a secret`() throws {
        let webhook = try WebhookRequest(
            WebhookConfiguration(
                url: "https://api.example:8443/x/{{ incident }}", bearer: .file("/nowhere/token"), signingSecret: .file("/nowhere/key")))
        let request = try #require(try webhook.preview(in: context))
        #expect("\(request)" == "POST https://api.example:8443/x/inc-1 (), 0 bytes")
        #expect(webhook.origin == "https://api.example:8443")
    }

    private func failureOf(_ result: Result<HTTPResponse, WebhookError>) -> WebhookError? {
        if case .failure(let error) = result { error } else { nil }
    }
}

/// What a payment service has done.
private final class Ledger: Sendable {
    private let keys = Mutex<[String]>([])
    var frozen: [String] { keys.withLock { $0 } }
    func freeze(_ key: String) { keys.withLock { if !$0.contains(key) { $0.append(key) } } }
}
