import Foundation
import RiposteChannels
import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the guide to actions` {
    private struct Customer: AccountRefConvertible {
        var id: String
        var stripeID: String
        var accountRef: AccountRef { AccountRef(id: id, attributes: ["stripe_customer_id": .string(stripeID)]) }
    }

    @Test func `registers an action, and hands it what the host knows of a user`() async throws {
        let server = try LocalHTTPServer { .json(["id": .string($0.path)]) }
        let loopback = HTTPClient(HTTPClient.Configuration(allowedNetworks: [AddressRange(IPAddress(v4: 0x7F00_0001))]))
        let customers = try HTTPURL(server.url + "/v1/customers")
        let playbooks = [Playbook("high_value_account_compromise", steps: [Step("freeze_stripe_account"), Step("open_ticket")])]
        let key = FileManager.default.temporaryDirectory.appending(path: "stripe-\(UUID().uuidString)")
        try Data("sk_test_4711".utf8).write(to: key)
        defer { try? FileManager.default.removeItem(at: key) }
        let (actions, store, secret, http) = ([any ResponseAction](), InMemoryStore(), Secret.file(key.path), loopback)
        let customer = Customer(id: "alice", stripeID: "cus_42")

        let responder = try IncidentResponder(
            playbooks: playbooks, actions: actions, store: store,
            configuration: .init(accountAttributes: ["stripe_customer_id"]))
        try responder.extend(FreezeStripeAccount(customers: customers, secret: secret, http: http))
        try responder.extend("open_ticket") { context in
            .success("ticket opened for \(context.incidentID)", context: ["ticket": 4711])
        }
        let report = try await responder.runPlaybook("high_value_account_compromise", context: ["user": customer])

        #expect(report.steps.map(\.outcome.kind) == [.succeeded, .succeeded])
        #expect(server.requests.map(\.path) == ["/v1/customers/cus_42"])
        #expect(report.context["ticket"] == 4711)
    }

    @Test func `has an action that keeps the contract`() async throws {
        let warehouse = Warehouse()
        let contract = ActionContract(HoldOrders(warehouse: warehouse), target: .user("alice")) {
            await warehouse.held.joined(separator: ", ")
        }
        #expect(try await contract.findings() == [])
    }

    @Test func `has an action whose effect ends with the last incident that wants it`() async throws {
        let warehouse = Warehouse()
        let bench = try Bench([Playbook("p", steps: [Step("hold_orders", parameters: ["hours": 2])])])
        try bench.responder.extend(HoldOrders(warehouse: warehouse))
        let first = try await bench.responder.runPlaybook("p", context: ["user": "alice"])
        let second = try await bench.responder.runPlaybook("p", context: ["user": "alice"])
        #expect(await warehouse.held == ["alice"])
        _ = try await bench.responder.undo(first.incidentID, actor: "ann")
        #expect(await warehouse.held == ["alice"])
        _ = try await bench.responder.undo(second.incidentID, actor: "ann")
        #expect(await warehouse.held == [])
    }
}
