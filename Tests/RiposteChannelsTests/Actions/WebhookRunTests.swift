import Logging
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a run with a webhook in it` {
    private let clock = ManualClock(autoAdvances: true)

    /// Runs a playbook of one step, and returns what came of it.
    private func outcome(of retry: RetryPolicy, at url: String) async throws -> StepOutcome? {
        let configuration = WebhookConfiguration(url: url, timeout: .milliseconds(200))
        let action = try WebhookAction("open_ticket", configuration, client: localClient(), clock: clock)
        let playbook = Playbook("p", steps: [Step("open_ticket", retry: retry)])
        let responder = try IncidentResponder(
            playbooks: [LocatedPlaybook(playbook: playbook)], actions: [action], store: InMemoryStore(), clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await responder.runPlaybook("p", context: ["ip": "203.0.113.9"]).steps.first?.outcome
    }

    @Test func `calls again with the same key where the server was busy, after as long as it asks for`() async throws {
        let busy = Counter(2)
        let server = try LocalHTTPServer { _ in
            busy.takeOne() ? .text("busy", status: 503, fields: [.init("Retry-After", "60")]) : .text("", status: 201)
        }
        let start = clock.now()
        let outcome = try #require(try await outcome(of: .standard, at: server.url))
        #expect(outcome.kind == .succeeded)
        #expect(outcome.attempt == 3)
        #expect(outcome.startedAt >= start + .seconds(120))
        #expect(outcome.context["webhook_status"] == 201)
        let keys = server.requests.map { $0["idempotency-key"] }
        #expect(keys.count == 3)
        #expect(Set(keys).count == 1)
        #expect(Set(server.requests.map(\.body)).count == 1)
    }

    @Test func `does not call again where the answer is no`() async throws {
        let server = try LocalHTTPServer { _ in .text("", status: 400) }
        let outcome = try #require(try await outcome(of: .standard, at: server.url))
        #expect(outcome.kind == .failed)
        #expect(outcome.failureKind == .permanent)
        #expect(server.requestCount == 1)
    }

    @Test func `calls again after a request without an answer only where the playbook says so`() async throws {
        let silent = try LocalHTTPServer { _ in .hanging }
        let outcome = try #require(try await outcome(of: RetryPolicy(attempts: 3), at: silent.url))
        #expect(outcome.failureKind == .unknown)
        #expect(silent.requestCount == 1)

        let hanging = Counter(1)
        let slow = try LocalHTTPServer { _ in hanging.takeOne() ? .hanging : .text("") }
        let again = try #require(try await self.outcome(of: RetryPolicy(attempts: 3, retriesTimeouts: true), at: slow.url))
        #expect(again.kind == .succeeded)
        #expect(slow.requests.map { $0["idempotency-key"] }.count == 2)
        #expect(Set(slow.requests.map { $0["idempotency-key"] }).count == 1)
    }
}
