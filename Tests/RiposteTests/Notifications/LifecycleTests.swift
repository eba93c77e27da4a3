import Foundation
import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `an incident's life` {
    private let tell = Playbook(
        "tell", triggers: [Trigger()], cooldown: .milliseconds(1), steps: [Step(.notifyAdmin, parameters: ["channel": "slack"])])

    /// A bench whose channel follows everything, with one incident that people were told of, or are about to be.
    private func told(_ playbooks: [Playbook]? = nil) async throws -> (bench: Bench, incident: IncidentID) {
        let bench = try Bench(playbooks ?? [tell], slack: RecordingChannel("slack", follows: [.acknowledged, .resolved]))
        try await bench.answer(anomaly("a"))
        return (bench, try await bench.incidents[0].id)
    }

    private func items(_ bench: Bench, _ incident: IncidentID) async throws -> [String] {
        try await bench.disk.outboxItems(of: incident).map { "\($0.notification.kind) \($0.state.rawValue)" }
    }

    // MARK: Statuses

    @Test func `goes on when a person takes it up, and the report says when and who`() async throws {
        let (bench, id) = try await told()
        bench.clock.advance(by: .minutes(5))
        let change = try await bench.responder.acknowledge(id, actor: "ann", note: "looking")
        #expect(change.isNew && change.incident.status == .investigating)
        let incident = try #require(try await bench.disk.incident(id))
        #expect(incident.status == .investigating)
        #expect(incident.timeToAcknowledge == .minutes(5))
        #expect(incident.history.map(\.to) == [.open, .investigating])
        let text = try #require(try await IncidentReport(id, from: bench.disk)).text
        #expect(text.contains("taken up   2026-11-20T12:05:00Z, 5m after detection, by ann"))
        #expect(text.contains("acknowledged: looking  [ann]"))
    }

    @Test func `is taken up once: who was first stays`() async throws {
        let (bench, id) = try await told()
        try await bench.responder.acknowledge(id, actor: "ann")
        bench.clock.advance(by: .minutes(1))
        let second = try await bench.responder.acknowledge(id, actor: "bob")
        #expect(!second.isNew && second.incident.acknowledgement?.actor == "ann")
        #expect(try await items(bench, id) == ["opened queued", "acknowledged queued"])
    }

    @Test func `stays contained when it is taken up, and becomes contained when something is`() async throws {
        let block = Playbook("b", triggers: [Trigger()], steps: [Step(.blockIP)])
        let (bench, id) = try await told([block])
        #expect(try await bench.responder.acknowledge(id, actor: "ann").incident.status == .contained)
        let (other, otherID) = try await told([Playbook("late", steps: [Step(.blockIP)])])
        try await other.responder.acknowledge(otherID, actor: "ann")
        try await other.responder.runPlaybook("late", context: ["ip": "203.0.113.9"], incident: otherID)
        #expect(try await other.disk.incident(otherID)?.history.map(\.to) == [.open, .investigating, .contained])
    }

    @Test func `ends by a person's word, with what is in force left as it is`() async throws {
        let (bench, id) = try await told([.bruteForceResponse])
        let change = try await bench.responder.resolve(id, actor: "ann", note: "a test of ours")
        #expect(change.isNew && change.incident.history.last?.actor == "ann" && change.incident.history.last?.note == "a test of ours")
        #expect(bench.blocks("203.0.113.9"))
        let resolved = try #require(try await bench.disk.outboxItems(of: id).last?.notification)
        #expect(resolved.body.contains("Still in force: ban on 203.0.113.9 until "))
        let again = try await bench.responder.resolve(id, actor: "bob")
        #expect(!again.isNew && again.incident.history.last?.actor == "ann")
        await #expect(throws: ResponderError.self) { try await bench.responder.acknowledge(id, actor: "bob") }
        await #expect(throws: ResponderError.self) { try await bench.responder.resolve("inc-nothing", actor: "bob") }
    }

    @Test func `is another incident's when it goes on after its end`() async throws {
        let (bench, id) = try await told()
        try await bench.responder.resolve(id, actor: "ann")
        bench.clock.advance(by: .minutes(1))
        try await bench.answer(anomaly("b"))
        #expect(try await bench.incidents.map(\.status) == [.resolved, .open])
        try await bench.outbox.deliverDue()
        let told = Dictionary(grouping: bench.slack.delivered, by: \.deduplicationKey).mapValues { $0.map(\.kind) }
        #expect(told.count == 2 && told[id.rawValue] == [.opened, .resolved])
        #expect(told.values.contains([.opened]))
    }

    @Test func `survives a restart, taken up or over`() async throws {
        let (bench, id) = try await told()
        try await bench.responder.acknowledge(id, actor: "ann")
        let next = try Bench([tell], disk: bench.disk, clock: bench.clock)
        #expect(try await next.responder.acknowledge(id, actor: "bob").isNew == false)
        try await next.answer(anomaly("b", .bruteForceByAddress, .critical))
        #expect(try await next.incidents.map(\.status) == [.investigating])
        try await next.responder.resolve(id, actor: "bob")
        let last = try Bench([tell], disk: bench.disk, clock: bench.clock)
        #expect(try await last.responder.resolve(id, actor: "cy").isNew == false)
    }

    @Test func `is as it was where the store fails, and the next try says it to people`() async throws {
        let (bench, id) = try await told()
        for call in 1...3 {
            bench.store.fail(at: bench.store.calls + call)
            await #expect(throws: (any Error).self) { try await bench.responder.acknowledge(id, actor: "ann") }
        }
        #expect(try await bench.responder.acknowledge(id, actor: "bob").isNew)
        #expect(try await bench.disk.incident(id)?.history.map(\.to) == [.open, .investigating])
        for call in 1...3 {
            bench.store.fail(at: bench.store.calls + call)
            await #expect(throws: (any Error).self) { try await bench.responder.resolve(id, actor: "bob") }
        }
        try await bench.answer(anomaly("b"))
        #expect(try await bench.incidents.map(\.status) == [.investigating])
        try await bench.responder.resolve(id, actor: "bob")
        #expect(try await items(bench, id) == ["opened queued", "acknowledged queued", "resolved queued"])
        #expect(try await bench.disk.incident(id)?.history.map(\.to) == [.open, .investigating, .resolved])
    }

    @Test func `is told by a request of another process`() async throws {
        let (bench, id) = try await told([.bruteForceResponse])
        func answer(_ command: ControlRequest.Command) async throws -> ControlRequest.Answer {
            try await bench.responder.answer(ControlRequest(id: "r", command: command, actor: "ann", createdAt: bench.clock.now()))
        }
        #expect(try await answer(.acknowledgeIncident(id, note: "")) == .done("\(id) is acknowledged", incident: id))
        guard case .done(let again, _) = try await answer(.acknowledgeIncident(id, note: "")) else { throw CocoaError(.featureUnsupported) }
        #expect(again.hasPrefix("\(id) was acknowledged already, by ann at "))
        guard case .done(let text, _) = try await answer(.changeIncident(id, .resolve(Resolution(note: "x")))) else {
            throw CocoaError(.featureUnsupported)
        }
        #expect(text.hasPrefix("\(id) is resolved\nstill in force:\n  ban on 203.0.113.9 until "))
        #expect(text.hasSuffix("take it back with: riposte incident undo \(id)"))
        #expect(
            try await answer(.acknowledgeIncident(id, note: ""))
                == .done("\(id) was acknowledged already, by ann at \(bench.clock.now().toTheSecond)", incident: id))
    }

    // MARK: What people are told

    @Test func `is told to its end, to those who were told of it, in order and once`() async throws {
        let (bench, id) = try await told()
        try await bench.responder.acknowledge(id, actor: "ann", note: "looking")
        try await bench.responder.resolve(id, actor: "ann", note: "done")
        try await bench.outbox.deliverDue()
        try await bench.outbox.deliverDue()
        let delivered = bench.slack.delivered
        #expect(delivered.map(\.kind) == [.opened, .acknowledged, .resolved])
        let title = try await bench.incidents[0].title
        #expect(delivered.map(\.title) == [title, "Acknowledged: \(title)", "Resolved: \(title)"])
        #expect(Set(delivered.map(\.deduplicationKey)) == [id.rawValue])
        #expect(Set(delivered.map(\.id)).count == 3)
    }

    @Test func `is told by a channel that follows only its end, and not by one that nobody was told through`() async throws {
        let bench = try Bench([tell])
        try await bench.answer(anomaly("a"))
        let quiet = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.logEvent)])])
        try await quiet.answer(anomaly("a"))
        for bench in [bench, quiet] {
            let id = try await bench.incidents[0].id
            try await bench.responder.acknowledge(id, actor: "ann")
            try await bench.responder.resolve(id, actor: "ann")
        }
        #expect(try await items(bench, try await bench.incidents[0].id) == ["opened queued", "resolved queued"])
        #expect(try await items(quiet, try await quiet.incidents[0].id) == [])
    }

    @Test func `is told when it ends by itself after quiet`() async throws {
        let (bench, id) = try await told()
        try await bench.outbox.deliverDue()
        bench.clock.advance(by: .hours(25))
        for _ in 0..<3 { try await bench.responder.resolveQuietIncidents() }
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.map(\.kind) == [.opened, .resolved])
        #expect(try #require(bench.slack.delivered.last).body.hasPrefix("Resolved by riposte, 1d1h after detection: quiet for 1d."))
        #expect(try await bench.disk.incident(id)?.history.map(\.to) == [.open, .resolved])
    }

    @Test func `is not told to be over before it was told of: the end waits behind the trigger`() async throws {
        let (bench, id) = try await told()
        bench.slack.failing(DeliveryFailure(.transient, "503", retryAfter: .minutes(10)))
        try await bench.outbox.deliverDue()
        try await bench.responder.acknowledge(id, actor: "ann")
        try await bench.responder.resolve(id, actor: "ann")
        bench.slack.failing(nil)
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.isEmpty)
        bench.clock.advance(by: .minutes(10))
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.map(\.kind) == [.opened, .acknowledged, .resolved])
    }

    @Test func `is told of one incident while another one's trigger waits`() async throws {
        let (bench, id) = try await told()
        let reached = SettledRecipient("ann", isReached: true, words: "taken")
        bench.slack.failing(DeliveryFailure(.transient, "bob is busy", retryAfter: .minutes(10), settled: [reached]))
        try await bench.outbox.deliverDue()
        bench.slack.failing(nil)
        try await bench.responder.resolve(id, actor: "ann")
        try await bench.answer(anomaly("b", from: "198.51.100.7"))
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.map(\.kind) == [.opened])
        #expect(bench.slack.delivered.first?.incidentID != id.rawValue)
    }

    @Test func `is not told to be over where it was never told of, and the record shows that`() async throws {
        let (bench, id) = try await told()
        bench.slack.failing(DeliveryFailure(.permanent, "no such webhook"))
        try await bench.responder.acknowledge(id, actor: "ann")
        try await bench.outbox.deliverDue()
        bench.slack.failing(nil)
        try await bench.responder.resolve(id, actor: "ann")
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.isEmpty)
        #expect(try await items(bench, id) == ["opened failed", "acknowledged dropped", "resolved dropped"])
        #expect(try await bench.disk.openOutboxItems().isEmpty)
        let text = try #require(try await IncidentReport(id, from: bench.disk)).text
        #expect(text.contains("notification through slack given up: no such webhook"))
        #expect(text.contains("notification (resolved) through slack dropped: nobody was told of the incident through this channel"))
    }

    @Test func `that begins again is told anew, and its second end is dropped where only its first beginning was told`() async throws {
        let (bench, id) = try await told([
            Playbook("p", triggers: [Trigger()], steps: [Step(.notifyAdmin, parameters: ["channel": "slack"])])
        ])
        try await bench.outbox.deliverDue()
        try await bench.responder.resolve(id, actor: "ann")
        try await bench.outbox.deliverDue()
        try await bench.responder.reopen(id, actor: "ann")
        bench.slack.failing(DeliveryFailure(.permanent, "gone"))
        try await bench.responder.runPlaybook("p", incident: id)
        try await bench.responder.resolve(id, actor: "ann")
        try await bench.outbox.deliverDue()
        #expect(try await items(bench, id) == ["opened delivered", "resolved delivered", "opened failed", "resolved dropped"])
    }

    @Test func `is told to nobody any more by a step that comes after its end`() async throws {
        let (bench, id) = try await told([Playbook("p", steps: [Step(.notifyAdmin, parameters: ["channel": "slack"])])])
        try await bench.responder.resolve(id, actor: "ann")
        let report = try await bench.responder.runPlaybook("p", incident: id)
        #expect(report.steps.first?.outcome.message == "the incident is over: nobody is told of it any more")
        #expect(try await items(bench, id) == [])
    }

    // MARK: Stores of before

    @Test func `reads what was stored before notifications had a kind`() throws {
        let item = OutboxItem(
            notification: Notification(
                id: "n", kind: .resolved, incidentID: "i", severity: .high, title: "t", body: "b", createdAt: noon, deduplicationKey: "i"),
            channel: "slack", position: 3, nextAttemptAt: noon)
        var json = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(item)).object ?? [:]
        #expect(try JSONDecoder().decode(OutboxItem.self, from: JSONEncoder().encode(JSONValue.object(json))) == item)
        json["position"] = nil
        var notification = json["notification"]?.object ?? [:]
        notification["kind"] = nil
        json["notification"] = .object(notification)
        let old = try JSONDecoder().decode(OutboxItem.self, from: JSONEncoder().encode(JSONValue.object(json)))
        #expect(old.notification.kind == .opened && old.position == 0)
    }
}
