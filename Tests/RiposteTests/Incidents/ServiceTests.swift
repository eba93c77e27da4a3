import RiposteTesting
import Synchronization
import Testing

@testable import Riposte

/// The responder as a service, with everything it does by itself.
@Suite struct `a running responder` {
    private let playbook = Playbook(
        "p", triggers: [Trigger()],
        steps: [Step(.blockIP), Step("hold", parameters: ["minutes": 30]), Step(.notifyAdmin, parameters: ["channel": "slack"])])

    /// Moves the clock on, second by second, until something is so.
    private func pass(_ bench: Bench, until condition: () async throws -> Bool) async throws {
        try await eventually {
            bench.clock.advance(by: .seconds(1))
            return try await condition()
        }
    }

    @Test func `answers, tells people, takes back what expires, and ends when it is told to`() async throws {
        let bench = try Bench([playbook], actions: { world, _ in [WorldAction(in: world)] }, clock: ManualClock())
        let service = Task { try await bench.responder.run() }
        for index in 1...100 { _ = try await bench.responder.handle(anomaly(AnomalyID("a\(index)"), from: "203.0.113.\(index)")) }
        try await pass(bench) { try await bench.disk.unfinishedRuns().isEmpty && bench.slack.delivered.count == 100 }
        #expect(bench.enforcer.inForce.count == 100)
        #expect(bench.world.held.count == 100)
        bench.clock.advance(by: .minutes(30))
        try await pass(bench) { bench.world.held.isEmpty }
        #expect(bench.enforcer.inForce.count == 100)
        bench.clock.advance(by: .minutes(30))
        try await pass(bench) { bench.enforcer.inForce.isEmpty }
        bench.clock.advance(by: .hours(24))
        try await pass(bench) { try await bench.incidents.allSatisfy { $0.status == .resolved } }
        service.cancel()
        try await service.value
    }

    @Test func `says nothing of what its end has cut short`() async throws {
        let (said, bench) = (RecordingLog(), try Bench())
        let responder = try IncidentResponder(
            playbooks: [Playbook](), actions: [], store: bench.disk, decisions: bench.board, logger: said.logger())
        let service = Task {
            await responder.repeating(every: .seconds(1)) { _ in try await Task.sleep(for: .seconds(3600)) }
        }
        service.cancel()
        await service.value
        #expect(said.lines.map(\.text) == [])
    }

    @Test func `goes on with what a stop has cut short`() async throws {
        let bench = try Bench([playbook], actions: { world, _ in [WorldAction(in: world)] }, clock: ManualClock())
        _ = try await bench.responder.handle(anomaly())
        let next = try Bench([playbook], actions: { world, _ in [WorldAction(in: world)] }, disk: bench.disk, clock: bench.clock)
        let service = Task { try await next.responder.run() }
        try await pass(next) { try await next.disk.unfinishedRuns().isEmpty }
        #expect(next.blocks("203.0.113.9"))
        service.cancel()
        try await service.value
    }

    @Test func `takes back, and answers, while a run by hand hangs in a step`() async throws {
        let (begun, release) = (Signal(), Signal())
        let playbook = Playbook("p", steps: [Step(.blockIP), Step("hold"), Step(.lockAccount)])
        let bench = try Bench(
            [playbook],
            actions: { world, _ in
                [
                    WorldAction(in: world) { moment in
                        guard case .beforeTouch = moment else { return }
                        begun.set()
                        await release.wait()
                    }
                ]
            }, clock: ManualClock())
        let service = Task { try await bench.responder.run() }
        func ask(_ id: String, _ command: ControlRequest.Command) async throws {
            try await bench.disk.commit(
                WriteBatch([.putRequest(ControlRequest(id: id, command: command, actor: "ann", createdAt: noon))]))
        }
        try await ask("run", .runPlaybook("p", context: ["ip": "203.0.113.9", "user": "alice"], reason: ""))
        try await pass(bench) { bench.blocks("203.0.113.9") }
        await begun.wait()
        let run = try #require(try await bench.disk.unfinishedRuns().first)
        try await ask("allow", .allow(target("198.51.100.1"), durationSeconds: 60, isOperator: false, reason: "office"))
        try await pass(bench) { try await bench.disk.request("allow")?.answer != nil }
        try await ask("undo", .undo(.incident(run.incidentID), reason: "oops"))
        try await pass(bench) { !bench.blocks("203.0.113.9") }
        #expect(try await bench.disk.request("run")?.answer == nil)
        release.set()
        try await pass(bench) { try await bench.disk.openRequests().isEmpty }
        try await pass(bench) { bench.world.held.isEmpty }
        #expect(try await bench.disk.run(run.id)?.status == .undone)
        #expect(!bench.locks("alice"))
        service.cancel()
        try await service.value
    }

    @Test func `answers what another process asks`() async throws {
        let bench = try Bench([playbook], actions: { world, _ in [WorldAction(in: world)] }, clock: ManualClock())
        let service = Task { try await bench.responder.run() }
        let request = ControlRequest(
            id: "req-1", command: .addDecision(target("203.0.113.9"), type: .ban, durationSeconds: 60, reason: ""), actor: "ann",
            createdAt: noon)
        try await bench.disk.commit(WriteBatch([.putRequest(request)]))
        try await pass(bench) { try await bench.disk.request("req-1")?.answer != nil }
        #expect(bench.enforcer.inForce.count == 1)
        service.cancel()
        try await service.value
    }

    @Test func `goes on by itself when the store is back`() async throws {
        let bench = try Bench([playbook], actions: { world, _ in [WorldAction(in: world)] }, clock: ManualClock())
        _ = try await bench.responder.handle(anomaly())
        bench.store.failing(true)
        let service = Task { try await bench.responder.run() }
        try await pass(bench) { bench.store.log.count > 20 }
        bench.store.failing(false)
        try await pass(bench) { try await bench.disk.unfinishedRuns().isEmpty }
        #expect(bench.blocks("203.0.113.9"))
        service.cancel()
        try await service.value
    }

    @Test func `finishes the step in hand when it is told to end, and no other`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step("slow"), Step(.blockIP)])], clock: ManualClock())
        let (begun, release) = (Signal(), Signal())
        try bench.responder.extend("slow") { _ in
            begun.set()
            await release.wait()
            return .success("done all the same")
        }
        let service = Task { try await bench.responder.run() }
        let runs = try await bench.responder.handle(anomaly())
        await begun.wait()
        service.cancel()
        release.set()
        try await service.value
        #expect(try await bench.reports(runs).first?.story == ["slow succeeded"])
        #expect(try await bench.disk.unfinishedRuns().count == 1)
    }

    @Test func `holds no other run up with a step that hangs, and answers what is critical however many hang`() async throws {
        let hanging = Playbook("hanging", triggers: [Trigger(severity: .exactly([.high]))], steps: [Step("hang")])
        let urgent = Playbook("urgent", triggers: [Trigger(severity: .exactly([.critical]))], steps: [Step(.blockIP)])
        let bench = try Bench([hanging, urgent], configuration: .init(maximumConcurrentRuns: 4), clock: ManualClock())
        let (release, begun) = (Signal(), Counter())
        try bench.responder.extend("hang") { _ in
            begun.add()
            await release.wait()
            return .success("at last")
        }
        let service = Task { try await bench.responder.run() }
        for index in 1...10 { _ = try await bench.responder.handle(anomaly(AnomalyID("a\(index)"), from: "203.0.113.\(index)")) }
        try await eventually { begun.value == 4 }
        _ = try await bench.responder.handle(anomaly("c", .bruteForceByAddress, .critical, from: "203.0.113.200"))
        try await eventually { bench.blocks("203.0.113.200") }
        #expect(begun.value == 4 && !release.isSet)
        release.set()
        try await eventually { try await bench.disk.unfinishedRuns().isEmpty }
        #expect(begun.value == 10)
        service.cancel()
        try await service.value
    }
}

private final class Counter: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func add() { state.withLock { $0 += 1 } }
}
