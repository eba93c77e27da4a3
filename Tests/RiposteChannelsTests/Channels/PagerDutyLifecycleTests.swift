import Logging
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `PagerDuty and an incident` {
    private let clock = ManualClock(autoAdvances: true)
    private let store = InMemoryStore()
    private let key: SecretFile
    private let client = localClient()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws { key = try SecretFile(PagerDutyStandIn.key) }

    private func engine(_ server: PagerDutyStandIn) throws -> (responder: IncidentResponder, outbox: OutboxService) {
        let channel = try PagerDutyChannel(routingKey: key.secret, url: server.url, source: "web01", client: client)
        let outbox = OutboxService(store: store, channels: [channel], clock: clock, logger: logger)
        // As the specification has it.
        let playbook = Playbook(
            "page", triggers: [Trigger()], cooldown: .milliseconds(1), steps: [Step(.notifyAdmin, parameters: ["channel": "pagerduty"])])
        let responder = try IncidentResponder(
            playbooks: [playbook], actions: [NotifyAdmin(outbox: outbox)], store: store, outbox: outbox, clock: clock, logger: logger)
        return (responder, outbox)
    }

    private func anomaly(_ id: AnomalyID, _ severity: Severity = .high) -> Anomaly {
        let addresses = ["203.0.113.9"].compactMap { AddressRange($0) }
        return Anomaly(
            id: id, detector: .bruteForceByAddress, severity: severity, targets: TargetSet(addresses: addresses), sources: addresses,
            first: clock.now() - .minutes(1), last: clock.now(), count: 10, summary: "10 failed sign-ins")
    }

    private func incident() async throws -> IncidentID { try #require(try await store.incidents(IncidentQuery()).first).id }

    @Test func `have one alert, from trigger to resolve`() async throws {
        let server = try PagerDutyStandIn()
        let (responder, outbox) = try engine(server)
        #expect(responder.check().isEmpty)
        for (id, severity) in [("a", Severity.medium), ("b", .critical)] {
            _ = try await responder.handle(anomaly(AnomalyID(id), severity))
            try await responder.drain()
        }
        let id = try await incident()
        try await outbox.deliverDue()
        try await responder.acknowledge(id, actor: "ann")
        try await outbox.deliverDue()
        #expect(server.states == [id.rawValue: .acknowledged])
        try await responder.resolve(id, actor: "ann")
        try await outbox.deliverDue()
        #expect(server.log == ["trigger \(id)", "trigger \(id)", "acknowledge \(id)", "resolve \(id)"])
        #expect(server.states == [id.rawValue: .resolved])
    }

    @Test func `keep their order while PagerDuty is away, also over a restart`() async throws {
        let away = LocalHTTPServer.Response.text("", status: 503)
        let server = try PagerDutyStandIn(away, away, away)
        let (responder, outbox) = try engine(server)
        _ = try await responder.handle(anomaly("a"))
        try await responder.drain()
        let id = try await incident()
        try await outbox.deliverDue()
        try await responder.acknowledge(id, actor: "ann")
        try await responder.resolve(id, actor: "ann")
        var due: [Timestamp] = []
        let next = try engine(server)
        for _ in 0..<20 where server.log.count < 3 {
            try await next.outbox.deliverDue()
            let open = try await store.openOutboxItems()
            due += open.filter { $0.notification.kind == .opened }.map(\.nextAttemptAt)
            clock.advance(by: .seconds(1))
        }
        #expect(server.log == ["trigger \(id)", "acknowledge \(id)", "resolve \(id)"])
        #expect(server.events.count == 6)
        #expect(Set(due).count == 3)
        #expect(try await store.outboxItems(of: id).map(\.attempts) == [4, 1, 1])
    }

    @Test func `are shown where PagerDuty refuses, without the key`() async throws {
        let server = try PagerDutyStandIn(.text("{\"status\":\"invalid event\",\"message\":\"no such service\"}", status: 400))
        let (responder, outbox) = try engine(server)
        _ = try await responder.handle(anomaly("a"))
        try await responder.drain()
        let id = try await incident()
        try await responder.resolve(id, actor: "ann")
        try await outbox.deliverDue()
        let text = try #require(try await IncidentReport(id, from: store)).text
        #expect(
            text.contains(
                "notification through pagerduty given up: \(server.url.dropLast(PagerDutyStandIn.path.count)) answered 400 (invalid event: no such service)"
            ))
        #expect(text.contains("notification (resolved) through pagerduty dropped: nobody was told"))
        #expect(server.log == [])
        var shown = ""
        dump(try await store.outboxItems(of: id), to: &shown)
        #expect(!shown.contains(PagerDutyStandIn.key))
    }
}
