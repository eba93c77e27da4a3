import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `people` {
    private let tell = Playbook(
        "tell", triggers: [Trigger()], cooldown: .milliseconds(1), steps: [Step(.notifyAdmin, parameters: ["channel": "slack"])])

    private func deliver(_ bench: Bench) async throws { try await bench.outbox.deliverDue() }

    @Test func `are told once of an incident, and again when its severity rises`() async throws {
        let bench = try Bench([tell])
        for (index, severity) in [Severity.medium, .medium, .high, .high, .medium, .critical].enumerated() {
            try await bench.answer(anomaly(AnomalyID("a\(index)"), .bruteForceByAddress, severity))
            bench.clock.advance(by: .minutes(1))
        }
        try await deliver(bench)
        #expect(bench.slack.delivered.map(\.severity) == [.medium, .high, .critical])
        #expect(try await bench.incidents.count == 1)
        #expect(Set(bench.slack.delivered.map(\.id)).count == 3)
        #expect(Set(bench.slack.delivered.map(\.deduplicationKey)).count == 1)
    }

    @Test func `are told once, though it cannot be written that they were`() async throws {
        let bench = try Bench([tell])
        try await bench.answer(anomaly("a"))
        // The outbox can be read, and what has come of the delivery cannot be written: not now, and not at the next three looks.
        bench.store.failing(true, writesOnly: true)
        for _ in 0..<4 { await #expect(throws: StoreError.self) { try await deliver(bench) } }
        bench.store.failing(false)
        #expect(bench.slack.delivered.count == 1)
        try await deliver(bench)
        #expect(bench.slack.delivered.count == 1)
        #expect(try await bench.disk.openOutboxItems().isEmpty)
    }

    @Test func `are told of each incident`() async throws {
        let bench = try Bench([tell])
        try await bench.answer(anomaly("a"))
        try await bench.answer(anomaly("b", from: "198.51.100.7"))
        try await deliver(bench)
        #expect(bench.slack.delivered.count == 2)
    }

    @Test func `are told what was done before`() async throws {
        let bench = try Bench([.bruteForceResponse])
        try await bench.answer(anomaly("a", users: ["alice"]))
        try await deliver(bench)
        let facts = try #require(bench.slack.delivered.first).facts
        #expect(facts.first { $0.name == "blocked_ip" }?.value == "203.0.113.9")
        #expect(facts.first { $0.name == "user" }?.value == "alice")
    }

    @Test func `are told by a step that succeeds when it is queued, before it is delivered`() async throws {
        let bench = try Bench([tell])
        let report = try #require(try await bench.answer(anomaly("a")).first)
        #expect(report.context["notified_channels"] == ["slack"])
        #expect(bench.slack.delivered.isEmpty)
        #expect(try await bench.disk.openOutboxItems().count == 1)
    }

    @Test func `cannot be told through a channel that is not configured: the step says so`() async throws {
        let bench = try Bench([
            Playbook("p", triggers: [Trigger()], steps: [Step(.notifyAdmin, parameters: ["channels": ["slack", "pagerduty"]])])
        ])
        #expect(bench.responder.check().map(\.level) == [.warning])
        let report = try #require(try await bench.answer(anomaly("a")).first)
        #expect(report.story == ["notify_admin failed"])
        #expect(report.steps.first?.outcome.message == "not configured: pagerduty; queued for slack")
    }

    @Test func `cannot be told through a channel nobody knows: the playbook is refused`() throws {
        let bench = try Bench([Playbook("p", steps: [Step(.notifyAdmin, parameters: ["channel": "slak"])])])
        let finding = try #require(bench.responder.check().first)
        #expect(finding.level == .error)
        #expect(finding.message == "notify_admin: there is no channel “slak”; did you mean “slack”?")
    }

    @Test func `are told through every configured channel where none is named`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.notifyAdmin)])])
        #expect(try await bench.answer(anomaly("a")).first?.context["notified_channels"] == ["slack"])
    }

    @Test func `are told later where the channel fails, later each time`() async throws {
        let bench = try Bench([tell])
        try await bench.answer(anomaly("a"))
        bench.slack.failing(DeliveryFailure(.transient, "503"))
        var due: [Timestamp] = []
        for _ in 1...4 {
            try await deliver(bench)
            let item = try #require(try await bench.disk.openOutboxItems().first)
            #expect(item.lastError == "503")
            due.append(item.nextAttemptAt)
            bench.clock.advance(to: item.nextAttemptAt)
        }
        let waits = zip(due, [noon] + due).map { Double(($0 - $1).microseconds) / 1e6 }
        for (wait, full) in zip(waits, [1.0, 2, 4, 8]) { #expect(wait <= full && wait >= full * 0.8) }
        bench.slack.failing(nil)
        try await deliver(bench)
        #expect(bench.slack.delivered.count == 1)
        #expect(try await bench.disk.openOutboxItems().isEmpty)
        let items = try await bench.disk.outboxItems(of: bench.incidents[0].id)
        #expect(items.map(\.state) == [.delivered] && items.map(\.attempts) == [5])
    }

    @Test func `are told no sooner than the channel asks for`() async throws {
        let bench = try Bench([tell])
        try await bench.answer(anomaly("a"))
        bench.slack.failing(DeliveryFailure(.transient, "429", retryAfter: .minutes(9)))
        try await deliver(bench)
        #expect(try await bench.disk.openOutboxItems().map(\.nextAttemptAt) == [noon + .minutes(9)])
    }

    @Test func `are given up after a day, or at once where it can never work`() async throws {
        let bench = try Bench([tell])
        try await bench.answer(anomaly("a"))
        bench.slack.failing(DeliveryFailure(.transient, "503"))
        for _ in 0..<40 {
            try await deliver(bench)
            bench.clock.advance(by: .hours(1))
        }
        let incident = try await bench.incidents[0].id
        #expect(try await bench.disk.outboxItems(of: incident).map(\.state) == [.failed])
        #expect((20...25).contains(bench.slack.attempts))

        let other = try Bench([tell])
        try await other.answer(anomaly("a"))
        other.slack.failing(DeliveryFailure(.permanent, "no such webhook"))
        try await deliver(other)
        try await deliver(other)
        #expect(other.slack.attempts == 1)
        #expect(try await other.disk.outboxItems(of: incident).map(\.state) == [.failed])
    }

    @Test func `are told after a restart what was queued before it`() async throws {
        let bench = try Bench([tell])
        try await bench.answer(anomaly("a"))
        let next = try Bench([tell], disk: bench.disk, clock: bench.clock)
        try await deliver(next)
        #expect(next.slack.delivered.count == 1)
    }

    @Test func `are told through one channel while another hangs`() async throws {
        struct Hanging: NotificationChannel {
            let name: ChannelName = "webhook"
            let signal: Signal
            func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
                await signal.wait()
                return DeliveryReceipt("")
            }
        }
        let bench = try Bench()
        let signal = Signal()
        let slack = RecordingChannel("slack")
        let outbox = OutboxService(
            store: bench.disk, channels: [Hanging(signal: signal), slack], clock: bench.clock, deliveryTimeout: .milliseconds(30),
            logger: Bench.quiet)
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.notifyAdmin)])
        let responder = try IncidentResponder(
            playbooks: [playbook], actions: [NotifyAdmin(outbox: outbox)], store: bench.disk, outbox: outbox, clock: bench.clock,
            logger: Bench.quiet)
        _ = try await responder.handle(anomaly("a"))
        try await responder.drain()
        try await outbox.deliverDue()
        #expect(slack.delivered.count == 1)
        #expect(try await bench.disk.openOutboxItems().map(\.lastError) == ["gave no answer within 30ms"])
        signal.set()
    }
}
