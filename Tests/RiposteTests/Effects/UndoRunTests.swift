import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `taking back what is still under way` {
    private let attack = anomaly("a", users: ["alice"])

    private func bench(
        _ playbooks: [Playbook], disk: InMemoryStore = InMemoryStore(), clock: ManualClock = ManualClock(autoAdvances: true),
        world: World = World(), hook: @escaping @Sendable (WorldAction.Moment) async throws -> Void = { _ in }
    ) throws -> Bench {
        try Bench(playbooks, actions: { world, _ in [WorldAction(in: world, hook: hook)] }, disk: disk, clock: clock, world: world)
    }

    /// One step that acts, one that asks, one that tells.
    private let asking = Playbook(
        "careful", triggers: [Trigger()],
        steps: [Step(.blockIP), Step("hold", approval: ApprovalPolicy()), Step(.notifyAdmin, parameters: ["channel": "slack"])])

    @Test func `an incident: withdraws what people are asked, and does nothing more of its runs`() async throws {
        let bench = try bench([asking])
        let report = try #require(try await bench.answer(attack).first)
        let approval = try #require(report.waitingFor)
        let scope = UndoScope.incident(report.incidentID)
        let preview = try await bench.responder.previewUndo(scope).text
        #expect(preview.contains("\(report.runID) of careful: would do nothing more, and nobody would be asked about it (\(approval))"))
        let facts = try await bench.responder.undo(scope, actor: "ann", reason: "our scanner")
        #expect(facts.isDone && facts.text.contains("\(report.runID) of careful: does nothing more, and nobody is asked about it"))
        try await bench.responder.drain()
        let after = try #require(try await bench.reports([report.runID]).first)
        #expect(after.status == .undone && after.waitingFor == nil)
        #expect(after.story == ["block_ip 203.0.113.9 succeeded", "hold 203.0.113.9 undone", "notify_admin undone"])
        #expect(after.outcome(of: "hold")?.message == "undone by ann: our scanner")
        #expect(try await bench.disk.run(report.runID)?.undone?.actor == "ann")
        #expect(bench.world.held.isEmpty && bench.slack.delivered.isEmpty && !bench.blocks("203.0.113.9"))
        let withdrawn = try #require(try await bench.disk.approval(approval))
        #expect(withdrawn.state == .withdrawn && withdrawn.standing(at: noon).hasPrefix("withdrawn by ann: our scanner"))
        #expect(try await bench.responder.answer(approval, .grant, actor: "bob").result == .late)
        try await bench.responder.drain()
        #expect(bench.world.held.isEmpty)
        let text = try #require(try await IncidentReport(report.incidentID, from: bench.disk)).text
        #expect(text.contains("hold 203.0.113.9 NOT DONE: undone by ann: our scanner"))
    }

    @Test func `a single effect: leaves the run that it is part of alone`() async throws {
        let bench = try bench([asking])
        let report = try #require(try await bench.answer(attack).first)
        let effect = try #require(try await bench.effects([.active]).first)
        try await bench.responder.undo(.effect(effect.id), actor: "ann")
        try await bench.responder.answer(try #require(report.waitingFor), .grant, actor: "bob")
        try await bench.responder.drain()
        #expect(try await bench.reports([report.runID]).first?.status == .succeeded)
        #expect(bench.world.held.count == 1)
    }

    @Test func `one of two runs that one question is about: the other is asked about still`() async throws {
        let bench = try bench([asking])
        let first = try #require(try await bench.answer(attack).first)
        let second = try #require(try await bench.answer(anomaly("b", from: "198.51.100.7")).first)
        let approval = try #require(first.waitingFor)
        #expect(second.waitingFor == approval)
        try await bench.responder.undo(.run(first.runID), actor: "ann")
        try await bench.responder.drain()
        let left = try #require(try await bench.disk.approval(approval))
        #expect(left.state == .pending && left.runCount == 1)
        #expect(left.reasons.last == "without \(first.runID), undone by ann")
        try await bench.responder.answer(approval, .grant, actor: "bob")
        try await bench.responder.drain()
        #expect(try await bench.reports([first.runID, second.runID]).map(\.status) == [.undone, .succeeded])
        #expect(bench.world.held == [.address(AddressRange("198.51.100.7")!)])
    }

    @Test func `in the middle of a step: what the step leaves is taken back, and no later step is carried out`() async throws {
        let (begun, release) = (Signal(), Signal())
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step("hold"), Step(.blockIP)])
        let bench = try bench([playbook]) { moment in
            guard case .beforeTouch = moment else { return }
            begun.set()
            await release.wait()
        }
        let runs = try await bench.responder.handle(attack)
        let driving = Task { try await bench.responder.drain() }
        await begun.wait()
        let undo = Task { try await bench.responder.undo(.run(runs[0]), actor: "ann") }
        try await eventually { try await bench.disk.run(runs[0])?.undone != nil }
        release.set()
        _ = try await undo.value
        try await driving.value
        try await bench.responder.drain()
        #expect(bench.world.held.isEmpty && !bench.blocks("203.0.113.9"))
        let report = try #require(try await bench.reports(runs).first)
        #expect(report.status == .undone && report.outcome(of: .blockIP)?.kind == .undone)
        #expect(try await bench.effects().allSatisfy { $0.state == .ended && $0.undoneBy == "ann" })
    }

    @Test func `in the middle of a step that nobody can take back: it stays, and no later step is carried out`() async throws {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.revokeSessions), Step(.blockIP)])
        let bench = try bench([playbook])
        let run = try #require(try await bench.responder.handle(attack).first)
        let undone = Undone(by: "ann", reason: "", at: noon)
        let path = StepPath(0, .user("alice"))
        var driver = RunDriver(try #require(try await bench.disk.run(run)), isResumed: false, engine: bench.responder.engine)
        let planned = PlannedEffect(kind: .sessionsRevoked, target: .user("alice"), expiresAt: noon + .hours(1))
        let action = try #require(bench.responder.engine.actions[.revokeSessions])
        let effect = driver.effect(planned, number: 0, action: action, driver.context(path, 1, noon))
        _ = bench.responder.engine.undone.add(run, undone)
        driver.put(effect.id, .active, noon)
        #expect(bench.responder.engine.ledger[effect.id]?.state == .active)
    }

    @Test func `works while the kill switch is thrown`() async throws {
        let bench = try bench([asking])
        let report = try #require(try await bench.answer(attack).first)
        try await bench.responder.pause(actor: "ann")
        try await bench.responder.undo(.incident(report.incidentID), actor: "ann")
        try await bench.responder.drain()
        #expect(try await bench.reports([report.runID]).first?.status == .undone)
        #expect(!bench.blocks("203.0.113.9") && bench.world.held.isEmpty)
    }

    @Test func `outlives a process that is killed before the run has taken note of it`() async throws {
        let first = try bench([asking])
        let report = try #require(try await first.answer(attack).first)
        try await first.disk.commit(WriteBatch([.undoRun(report.runID, Undone(by: "ann", reason: "", at: noon))]))
        let second = try bench([asking], disk: first.disk, clock: first.clock, world: first.world)
        try await second.responder.drain()
        #expect(try await second.reports([report.runID]).first?.status == .undone)
        #expect(try await second.disk.approval(try #require(report.waitingFor))?.state == .withdrawn)
        #expect(second.world.held.isEmpty)
    }

    @Test func `says of a step that a stop has cut short that it may have been done`() async throws {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.logEvent), Step(.blockIP)])
        let first = try bench([playbook])
        let run = try #require(try await first.responder.handle(attack).first)
        let intent = JournalEntry(runID: run, sequence: 0, at: noon, record: .intent(StepPath(0), attempt: 1))
        try await first.disk.commit(
            WriteBatch([.appendJournal(intent), .undoRun(run, Undone(by: "ann", reason: "", at: noon))]))
        let second = try bench([playbook], disk: first.disk, clock: first.clock)
        try await second.responder.drain()
        let report = try #require(try await second.reports([run]).first)
        #expect(
            report.steps.map(\.outcome.message) == ["undone by ann; it had begun before a stop, and may have been done", "undone by ann"])
        #expect(report.status == .undone)
    }

    @Test func `a run that waits for its next attempt makes none, and what it has left is taken back`() async throws {
        let playbook = Playbook(
            "p", triggers: [Trigger()],
            steps: [Step("hold", retry: RetryPolicy(attempts: 5, delay: .minutes(5), maximumDelay: .minutes(5))), Step(.blockIP)])
        let bench = try bench([playbook], clock: ManualClock())
        bench.world.fail(.done, times: 1)
        let runs = try await bench.responder.handle(attack)
        let driving = Task { try await bench.responder.drain() }
        try await eventually { try await bench.disk.journal(of: runs[0]).contains { if case .retry = $0.record { true } else { false } } }
        try await bench.responder.undo(.run(runs[0]), actor: "ann")
        try await eventually {
            bench.clock.advance(by: .seconds(1))
            return try await bench.reports(runs).first?.status == .undone
        }
        driving.cancel()
        #expect(try await bench.reports(runs).first?.story == ["hold 203.0.113.9 undone", "block_ip 203.0.113.9 undone"])
        #expect(bench.world.held.isEmpty && !bench.blocks("203.0.113.9"))
    }
}
