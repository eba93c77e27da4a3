import Foundation
import RiposteChannels
import RiposteTesting
import Testing

@testable import Riposte

/// The specification's own example of a custom action, against a server that answers as Stripe does.
@Suite struct `freeze_stripe_account as specified` {
    private struct Customer: AccountRefConvertible {
        var customer: String? = "cus_42"
        var accountRef: AccountRef { AccountRef(id: "alice", attributes: customer.map { ["stripe_customer_id": .string($0)] } ?? [:]) }
    }

    private static func stripe(_ request: LocalHTTPServer.Request) -> LocalHTTPServer.Response {
        guard request["Authorization"] == "Bearer sk_test_4711" else { return .json(["error": "unauthorized"], status: 401) }
        return request.path == "/v1/customers/cus_42" ? .json(["id": "cus_42"]) : .json(["error": "no such customer"], status: 404)
    }

    /// The step's outcome, and whether the secret is to be found in the record.
    private func freeze(
        _ customer: Customer, at url: String, secret: String = "sk_test_4711", retry: RetryPolicy = .standard
    ) async throws -> (report: RunReport, outcome: StepOutcome) {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("stripe-\(UUID().uuidString)")
        try Data((secret + "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let http = HTTPClient(HTTPClient.Configuration(allowedNetworks: [AddressRange(IPAddress(v4: 0x7F00_0001))]))
        let action = FreezeStripeAccount(customers: try HTTPURL(url + "/v1/customers"), secret: .file(file.path), http: http)
        let bench = try Bench(
            [Playbook("p", steps: [Step("freeze_stripe_account", retry: retry), Step(.logEvent)])],
            configuration: .init(accountAttributes: ["stripe_customer_id"]))
        try bench.responder.extend(action)
        let report = try await bench.responder.runPlaybook("p", context: ["user": customer])
        let journal = try await bench.disk.journal(of: report.runID)
        #expect(!(try RecordCoding.text(of: journal)).contains("sk_test"))
        #expect(!"\(bench.log.lines)".contains("sk_test"))
        return (report, try #require(report.outcome(of: "freeze_stripe_account")))
    }

    @Test func `freezes the customer`() async throws {
        let server = try LocalHTTPServer(handler: Self.stripe)
        let (report, outcome) = try await freeze(Customer(), at: server.url)
        #expect(outcome.kind == .succeeded && outcome.message == "Stripe account cus_42 frozen.")
        #expect(report.context["frozen_customer"] == "cus_42")
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request["Idempotency-Key"] == "\(report.runID):0")
        #expect(request.text == "metadata[frozen_by_security_analytics]=\(report.incidentID)")
    }

    @Test func `fails where there is no customer to freeze`() async throws {
        let server = try LocalHTTPServer(handler: Self.stripe)
        let (report, outcome) = try await freeze(Customer(customer: nil), at: server.url)
        #expect(outcome.kind == .failed && outcome.message == "No Stripe customer to freeze.")
        #expect(report.status == .partial)
        #expect(server.requestCount == 0)
    }

    @Test func `fails where Stripe rejects the request, once`() async throws {
        let server = try LocalHTTPServer(handler: Self.stripe)
        let (_, outcome) = try await freeze(Customer(customer: "cus_43"), at: server.url)
        #expect(outcome.kind == .failed && outcome.message == "Stripe API rejected the freeze request.")
        #expect(server.requestCount == 1)
    }

    @Test func `fails where Stripe does not know us, and says nothing of the secret`() async throws {
        let server = try LocalHTTPServer(handler: Self.stripe)
        let (_, outcome) = try await freeze(Customer(), at: server.url, secret: "sk_test_wrong")
        #expect(outcome.kind == .failed && outcome.failureKind == .permanent)
    }

    @Test func `tries again with the same key where Stripe is busy`() async throws {
        let calls = Keys()
        let server = try LocalHTTPServer { request in
            calls.add(request["Idempotency-Key"] ?? "") < 3 ? .text("busy", status: 503) : Self.stripe(request)
        }
        let (_, outcome) = try await freeze(Customer(), at: server.url)
        #expect(outcome.kind == .succeeded && outcome.attempt == 3)
        #expect(calls.all.count == 3 && Set(calls.all).count == 1)
    }

    @Test func `fails after three attempts where the server is gone`() async throws {
        let url = "http://127.0.0.1:9"  // no other test is given this port meanwhile
        let (report, outcome) = try await freeze(Customer(), at: url)
        #expect(outcome.kind == .failed && outcome.attempt == 3 && outcome.failureKind == .transient)
        #expect(outcome.message == "no connection to \(url)")
        #expect(report.outcome(of: .logEvent)?.kind == .succeeded)
    }

    @Test func `keeps a customer's name from reaching another path`() async throws {
        let server = try LocalHTTPServer(handler: Self.stripe)
        _ = try await freeze(Customer(customer: "cus_42/../../refunds?all=1"), at: server.url)
        #expect(server.requests.map(\.target) == ["/v1/customers/cus_42%2F..%2F..%2Frefunds%3Fall%3D1"])
        let (_, outcome) = try await freeze(Customer(customer: ".."), at: server.url)
        #expect(outcome.failureKind == .permanent)
        #expect(server.requestCount == 1)
    }

    @Test func `keeps the contract of actions`() async throws {
        let frozen = Keys()
        let server = try LocalHTTPServer { request in
            if !frozen.all.contains(request["Idempotency-Key"] ?? "") { frozen.add(request["Idempotency-Key"] ?? "") }
            return .json(["id": "cus_42"])
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("stripe-\(UUID().uuidString)")
        try Data("sk_test_4711".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let http = HTTPClient(HTTPClient.Configuration(allowedNetworks: [AddressRange(IPAddress(v4: 0x7F00_0001))]))
        let action = FreezeStripeAccount(customers: try HTTPURL(server.url + "/v1/customers"), secret: .file(file.path), http: http)
        let contract = ActionContract(action, values: ["user": Customer().accountRef], tellsRepetition: false) {
            "\(frozen.all.filter { !$0.contains("run-cancelled") })"
        }
        #expect(try await contract.findings() == [])
    }
}
