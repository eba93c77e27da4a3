import RiposteTesting
import Testing

@testable import Riposte

/// The intent of a run's first step is on disk together with the run, where nothing has to be waited for.
@Suite struct `the first step of a run` {
    private let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step(.logEvent)])

    /// A responder that drives runs, and has just looked at its store.
    private func running(_ bench: Bench) async throws -> Task<Void, any Error> {
        let service = Task { try await bench.responder.run() }
        // The clock stands, so nobody calls the store once all who do that now and again are asleep.
        await bench.clock.waitForSleepers(7)
        #expect(bench.responder.engine.guard.isFresh(at: bench.clock.now()))
        return service
    }

    private func commits(_ bench: Bench) -> Int { bench.store.log.count { $0.hasPrefix("commit") } }

    @Test(arguments: [[ActionName.blockIP, .logEvent], [.logEvent, .blockIP]]) func `takes no commit of its own`(
        steps: [ActionName]
    ) async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: steps.map { Step($0) })], clock: ManualClock())
        let service = try await running(bench)
        let before = commits(bench)
        let runs = try await bench.responder.handle(anomaly())
        try await eventually { try await bench.disk.unfinishedRuns().isEmpty }
        // The run with its first intent; its outcome with the second intent; the second outcome with the end.
        #expect(commits(bench) - before == 3)
        #expect(try await bench.reports(runs).first?.steps.map(\.outcome.kind) == [.succeeded, .succeeded])
        service.cancel()
        try await service.value
    }

    @Test func `touches nothing where it could not be written, and is begun again`() async throws {
        let bench = try Bench([playbook], clock: ManualClock())
        let service = try await running(bench)
        bench.store.failing(true)
        await #expect(throws: StoreError.self) { try await bench.responder.handle(anomaly()) }
        #expect(!bench.blocks("203.0.113.9") && bench.responder.engine.ledger.open.isEmpty)
        bench.store.failing(false)
        try await bench.responder.handle(anomaly())
        try await eventually { try await bench.disk.unfinishedRuns().isEmpty && bench.blocks("203.0.113.9") }
        #expect(try await bench.effects([.active]).count == 1)
        service.cancel()
        try await service.value
    }

    @Test func `is probed after a crash between its intent and its touch, and carried out once`() async throws {
        let bench = try Bench([playbook], clock: ManualClock())
        let service = try await running(bench)
        // Later than all that the store has, so that it is not asked before the commit.
        let late = anomaly(at: noon + .seconds(1))
        bench.store.crash(at: bench.store.calls + 1, when: .after)
        await #expect(throws: SimulatedCrash.self) { try await bench.responder.handle(late) }
        #expect(bench.store.hasCrashed && bench.enforcer.inForce.isEmpty)
        let run = try #require(try await bench.disk.unfinishedRuns().first)
        let path = StepPath(0, target("203.0.113.9"))
        #expect(try await bench.disk.journal(of: run.id).map(\.record) == [.intent(path, attempt: 1)])
        service.cancel()
        _ = await service.result

        let next = try Bench([playbook], disk: bench.disk, clock: bench.clock)
        try await next.responder.drain()
        #expect(try await next.reports([run.id]).first?.story == ["block_ip 203.0.113.9 succeeded", "log_event succeeded"])
        #expect(try await next.effects([.active]).count == 1 && next.blocks("203.0.113.9"))
    }

    @Test func `is carried out also where nobody drives runs any more when it is on disk`() async throws {
        let (clock, disk) = (ManualClock(), InMemoryStore())
        let (store, board) = (SlowStore(disk), DecisionBoard(clock: clock))
        let responder = try IncidentResponder(
            playbooks: [Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step("other")])],
            actions: [BlockIP(decisions: board), ClosureAction("other") { _ in .success("done") }], store: store, decisions: board,
            clock: clock, logger: Bench.quiet)
        let service = Task { try await responder.run() }
        await clock.waitForSleepers(5)
        store.hold { operations in operations.contains { if case .addAnomaly = $0 { true } else { false } } }
        let handling = Task { try await responder.handle(anomaly()) }
        await store.isHolding.wait()
        service.cancel()
        try await service.value
        store.release.set()
        let run = try await handling.value[0]
        // The step in hand is finished, and no other.
        let steps = RunReport(RunStateMachine(try #require(try await disk.run(run)), journal: try await disk.journal(of: run)))
        #expect(steps.story == ["block_ip 203.0.113.9 succeeded"])
        #expect(board.snapshot.all.count == 1)
    }

    @Test func `is not begun where there is no place for the run, nor while another run works there`() async throws {
        let (begun, release) = (Signal(), Signal())
        let playbooks = [Playbook("p", triggers: [Trigger()], steps: [Step("slow")])]
        let bench = try Bench(playbooks, configuration: .init(maximumConcurrentRuns: 1), clock: ManualClock())
        try bench.responder.extend("slow") { _ in
            begun.set()
            await release.wait()
            return .success("done")
        }
        let service = try await running(bench)
        let first = try await bench.responder.handle(anomaly("a1", from: "203.0.113.1"))
        await begun.wait()
        let second = try await bench.responder.handle(anomaly("a2", from: "203.0.113.2"))
        #expect(try await bench.disk.journal(of: first[0]).count == 1)
        #expect(try await bench.disk.journal(of: second[0]).isEmpty)
        release.set()
        try await eventually { try await bench.disk.unfinishedRuns().isEmpty }
        service.cancel()
        try await service.value
    }

    @Test func `waits for its turn where two runs of one commit want the same`() async throws {
        let playbooks = ["p", "q"].map { Playbook($0, triggers: [Trigger()], steps: [Step(.blockIP)]) }
        let bench = try Bench(playbooks, clock: ManualClock())
        let service = try await running(bench)
        let runs = try await bench.responder.handle(anomaly())
        try await eventually { try await bench.disk.unfinishedRuns().isEmpty }
        #expect(
            try await bench.reports(runs).flatMap(\.story).sorted()
                == ["block_ip 203.0.113.9 passedOver", "block_ip 203.0.113.9 succeeded"])
        service.cancel()
        try await service.value
    }

    @Test func `holds up nobody's anomaly while an action takes its time to plan`() async throws {
        let (begun, release) = (Signal(), Signal())
        let bench = try Bench(
            [Playbook("p", triggers: [Trigger()], steps: [Step("slow")])],
            actions: { _, _ in [SlowPlanner(begun: begun, release: release)] },
            clock: ManualClock())
        let service = try await running(bench)
        let runs = try await bench.responder.handle(anomaly())
        await begun.wait()
        #expect(try await bench.disk.journal(of: runs[0]).isEmpty)
        release.set()
        try await eventually { try await bench.disk.unfinishedRuns().isEmpty }
        service.cancel()
        try await service.value
    }
}

/// Looks around for long before it plans.
private struct SlowPlanner: SimpleAction {
    let name: ActionName = "slow"
    let begun: Signal
    let release: Signal

    func effects(_ parameters: NoParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        begun.set()
        await release.wait()
        return []
    }

    func execute(in context: ResponseContext) async throws -> ActionResult { .success("done") }
}
