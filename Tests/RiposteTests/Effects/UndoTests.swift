import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `taking back` {
    private let attack = anomaly("a", users: ["alice", "bob"])

    /// One effect in a back end that can be down, two bans, two locks.
    private let answer = Playbook(
        "answer", triggers: [Trigger()],
        steps: [
            Step("hold"), Step(.blockIP), Step(.blockIP, parameters: ["cidr": "198.51.100.0/24"]), Step(.lockAccount), Step(.logEvent),
            Step(.notifyAdmin, parameters: ["channel": "slack"]),
        ])

    private func bench(
        _ playbooks: [Playbook]? = nil, hook: @escaping @Sendable (WorldAction.Moment) async throws -> Void = { _ in }
    ) throws -> Bench {
        try Bench(playbooks ?? [answer], actions: { world, _ in [WorldAction(in: world, hook: hook)] })
    }

    private func incident(_ bench: Bench) async throws -> IncidentID { try #require(try await bench.incidents.first).id }

    // MARK: - Five effects, three back ends, one of them down

    @Test func `five effects in three back ends, one of them down: four at once, the fifth when it is back`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        #expect(try await bench.effects([.active]).count == 5)
        bench.world.fail(.takenBack, times: 3)
        let report = try await bench.responder.undo(.incident(incident(bench)), actor: "ann", reason: "our scanner")
        #expect(report.lines.count { $0.fate == .takenBack } == 4)
        #expect(report.lines.filter { $0.fate == .triedAgain }.map(\.effect.action) == ["hold"])
        #expect(!report.isDone)
        #expect(report.text.contains("world.hold on 203.0.113.9: could not be taken back yet, and is tried again"))
        #expect(bench.enforcer.inForce.isEmpty)
        #expect(!bench.locks("alice"))
        #expect(!bench.locks("bob"))
        #expect(bench.world.held.count == 1)
        // It is back after two more attempts.
        for _ in 0..<3 { try await bench.pass(.seconds(8)) }
        #expect(bench.world.held.isEmpty)
        let effects = try await bench.effects()
        #expect(effects.allSatisfy { $0.state == .ended && $0.undoneBy == "ann" && $0.endedAt != nil })
        let timeline = try #require(try await IncidentReport(incident(bench), from: bench.disk)).timeline
        #expect(timeline.count { $0.text.contains("taken back: undone by ann: our scanner") && $0.actor == "ann" } == 5)
        #expect(timeline.count { $0.text.contains("world.hold on 203.0.113.9 taken back") && $0.actor == "ann" } == 1)
    }

    @Test func `a second time changes nothing`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        try await bench.responder.undo(.incident(incident(bench)), actor: "ann")
        let (effects, touches) = (try await bench.effects(), bench.world.touches)
        let again = try await bench.responder.undo(.incident(incident(bench)), actor: "bob")
        #expect(again.affected.isEmpty && again.isDone)
        #expect(again.text.hasPrefix("nothing of \(try await incident(bench)) is in force any more"))
        #expect(try await bench.effects() == effects)
        #expect(bench.world.touches == touches)
    }

    @Test func `one that hangs holds up none of the others`() async throws {
        let release = Signal()
        let bench = try bench { if case .beforeUndo = $0 { await release.wait() } }
        try await bench.answer(attack)
        let id = try await incident(bench)
        let undo = Task { try await bench.responder.undo(.incident(id), actor: "ann") }
        try await eventually { try await bench.effects([.ended]).count == 4 }
        #expect(bench.world.held.count == 1)
        release.set()
        #expect(try await undo.value.isDone)
    }

    // MARK: - The preview

    @Test func `says before, in the words of after, what becomes of each effect, and touches nothing`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        let scope = UndoScope.incident(try await incident(bench))
        let before = try await bench.effects()
        let preview = try await bench.responder.previewUndo(scope)
        #expect(preview.lines.map(\.fate) == Array(repeating: .takenBack, count: 5))
        #expect(preview.text.contains("ban on 198.51.100.0/24: would be taken back (eff-"))
        #expect(preview.text.contains("log_event: cannot be taken back, it has no undo"))
        #expect(preview.text.contains("notify_admin: cannot be taken back, it has no undo"))
        #expect(try await bench.effects() == before)
        let facts = try await bench.responder.undo(scope, actor: "ann")
        #expect(facts.lines.map(\.effect.id) == preview.lines.map(\.effect.id))
        #expect(facts.lines.map(\.fate) == preview.lines.map(\.fate))
        #expect(facts.withoutUndo == preview.withoutUndo)
        #expect(facts.text.contains("ban on 198.51.100.0/24: taken back (eff-"))
    }

    @Test func `says who else keeps a target, and leaves it kept`() async throws {
        let block = Playbook("block", steps: [Step(.blockIP)])
        let bench = try bench([block])
        let first = try await bench.responder.runPlaybook("block", context: ["ip": "203.0.113.9"], reason: "one")
        let second = try await bench.responder.runPlaybook("block", context: ["ip": "203.0.113.9"], reason: "two")
        let scope = UndoScope.run(first.runID)
        let words = "203.0.113.9 keeps its ban until 2026-11-20T13:00:00Z, wanted by block in \(second.incidentID)"
        #expect(try await bench.responder.previewUndo(scope).text.contains("would be taken back"))
        #expect(try await bench.responder.previewUndo(scope).text.contains(words))
        #expect(try await bench.responder.undo(scope, actor: "ann").text.contains(words))
        #expect(bench.blocks("203.0.113.9"))
        try await bench.responder.undo(.run(second.runID), actor: "ann")
        #expect(!bench.blocks("203.0.113.9"))
    }

    @Test func `says that what only a missing action can take back has to wait for it`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        let next = try Bench(disk: bench.disk, clock: bench.clock, world: bench.world, enforcer: bench.enforcer)
        let scope = UndoScope.incident(try await incident(bench))
        let preview = try await next.responder.previewUndo(scope)
        #expect(preview.lines.filter { $0.fate == .orphaned }.map(\.effect.action) == ["hold"])
        #expect(preview.text.contains("cannot be taken back while the action hold is not registered, and would be as soon as it is"))
        let facts = try await next.responder.undo(scope, actor: "ann")
        #expect(facts.lines.map(\.fate) == preview.lines.map(\.fate))
        #expect(!facts.isDone)
    }

    @Test func `leaves what was so before, and says so`() async throws {
        let bench = try bench([Playbook("p", triggers: [Trigger()], steps: [Step("found")])])
        try bench.responder.extend(FoundSo())
        try await bench.answer(attack)
        let report = try await bench.responder.undo(.incident(incident(bench)), actor: "ann")
        #expect(report.lines.map(\.fate) == [.foreign])
        #expect(report.text.contains("stays: it was so before, and not by us"))
        #expect(try await bench.effects().map(\.state) == [.foreign])
    }

    // MARK: - How much of it

    @Test func `one effect leaves the others of its run`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        let ban = try #require(try await bench.effects([.active]).first { $0.target == target("203.0.113.9") && $0.kind == .ban })
        #expect(try await bench.responder.undo(.effect(ban.id), actor: "ann").isDone)
        #expect(!bench.blocks("203.0.113.9"))
        #expect(try await bench.effects([.active]).count == 4)
        let again = try await bench.responder.undo(.effect(ban.id), actor: "ann")
        #expect(again.text.contains("over already, ended: undone by ann"))
    }

    @Test func `a stretch of time takes what was begun in it, of one playbook where that is asked`() async throws {
        let block = Playbook("block", steps: [Step(.blockIP)])
        let lock = Playbook("lock", steps: [Step(.lockAccount)])
        let bench = try bench([block, lock])
        func run(_ slug: PlaybookSlug) async throws {
            try await bench.responder.runPlaybook(slug, context: ["ip": "203.0.113.9", "user": "alice"])
        }
        try await run("block")
        try await bench.pass(.minutes(10))
        try await run("block")
        try await run("lock")
        try await bench.pass(.minutes(10))
        try await run("lock")
        let middle = UndoScope.period(from: noon + .minutes(10), until: noon + .minutes(20), playbook: "block")
        #expect(try await bench.responder.undo(middle, actor: "ann").affected.map(\.createdAt) == [noon + .minutes(10)])
        let rest = UndoScope.period(from: noon + .minutes(10), until: nil, playbook: nil)
        #expect(try await bench.responder.undo(rest, actor: "ann").affected.map(\.kind) == [.accountLock, .accountLock])
        #expect(try await bench.effects([.active]).map(\.createdAt) == [noon])
    }

    @Test func `an effect that was extended stays with the run that extended it`() async throws {
        let short = Playbook("short", priority: 1, triggers: [Trigger()], steps: [Step(.blockIP)])
        let long = Playbook("long", triggers: [Trigger()], steps: [Step(.blockIP, parameters: ["duration_minutes": 240])])
        let bench = try bench([short, long])
        let reports = try await bench.answer(attack)
        let report = try await bench.responder.undo(.run(reports[0].runID), actor: "ann")
        #expect(report.text.contains("stays, extended by eff-"))
        #expect(bench.blocks("203.0.113.9"))
        try await bench.responder.undo(.run(reports[1].runID), actor: "ann")
        #expect(!bench.blocks("203.0.113.9"))
    }

    @Test func `what is not there is an error that names it`() async throws {
        let bench = try bench()
        for (scope, code) in [
            (UndoScope.incident("inc-0"), ResponderError.Code.unknownIncident), (.run("run-0"), .unknownRun),
            (.effect("eff-0"), .unknownEffect),
        ] {
            let error = try await #require(throws: ResponderError.self) { try await bench.responder.undo(scope, actor: "ann") }
            #expect(error.code == code)
        }
    }

    // MARK: - While it is being made

    @Test func `between two attempts of a step keeps it from being made at all`() async throws {
        let clock = ManualClock()
        let bench = try Bench(
            [Playbook("p", triggers: [Trigger()], steps: [Step("hold")])], actions: { world, _ in [WorldAction(in: world)] }, clock: clock)
        bench.world.fail(.done, times: 1)
        _ = try await bench.responder.handle(attack)
        let run = Task { try await bench.responder.drain() }
        await clock.waitForSleepers(1)
        let report = try await bench.responder.undo(.incident(incident(bench)), actor: "ann", reason: "stop")
        #expect(report.lines.map(\.fate) == [.onceMade])
        while clock.sleepers > 0 || bench.world.touches.isEmpty, try await bench.effects([.pending]).count > 0 {
            clock.advance(by: .seconds(1))
            await Task.yield()
        }
        try await run.value
        #expect(bench.world.held.isEmpty && bench.world.touches.isEmpty)
        #expect(try await bench.effects().map(\.state) == [.void])
        let steps = try await bench.disk.runs(of: incident(bench))
        let journal = try await bench.disk.journal(of: steps[0].id)
        #expect(
            journal.contains { if case .outcome(_, let outcome) = $0.record { outcome.message == "undone by ann: stop" } else { false } })
    }

    // MARK: - Over a crash

    @Test(arguments: FaultyStore.Moment.allCases)
    func `is carried to its end over a stop at any call of the store`(moment: FaultyStore.Moment) async throws {
        let calls = try await undoing { _ in }.calls
        #expect(calls > 15)
        for call in 1...calls {
            let (bench, _) = try await undoing { $0.crash(at: call, when: moment) }
            let next = try Bench(
                [answer], actions: { world, _ in [WorldAction(in: world)] }, disk: bench.disk, clock: bench.clock, world: bench.world,
                enforcer: bench.enforcer, slack: bench.slack)
            try await next.responder.answerOpenRequests()
            try await next.responder.drain()
            #expect(next.world.held.isEmpty, "stopped \(moment) call \(call)")
            #expect(next.enforcer.inForce.isEmpty, "stopped \(moment) call \(call)")
            let effects = try await next.effects()
            #expect(effects.allSatisfy { $0.state == .ended && $0.undoneBy == "ann" }, "stopped \(moment) call \(call)")
            #expect(try await next.disk.request("req-1")?.answeredAt != nil, "stopped \(moment) call \(call)")
            #expect(bench.world.touches.count { $0.what == .takenBack && $0.hasChanged } == 1, "stopped \(moment) call \(call)")
        }
    }

    /// An engine that finds a request to undo on disk, and may not live to see its end.
    private func undoing(_ trouble: (FaultyStore) -> Void) async throws -> (bench: Bench, calls: Int) {
        let first = try bench()
        try await first.answer(attack)
        let request = ControlRequest(
            id: "req-1", command: .undo(.incident(try await incident(first)), reason: "mistake"), actor: "ann", createdAt: first.clock.now()
        )
        try await first.disk.commit(WriteBatch([.putRequest(request)]))
        let second = try Bench(
            [answer], actions: { world, _ in [WorldAction(in: world)] }, disk: first.disk, clock: first.clock, world: first.world,
            enforcer: first.enforcer, slack: first.slack)
        trouble(second.store)
        try? await second.responder.answerOpenRequests()
        return (second, second.store.calls)
    }
}

/// Finds everything so already, by somebody else's doing.
private struct FoundSo: ReversibleAction {
    let name: ActionName = "found"
    let targetKind: Target.Kind? = .address

    func effects(_ parameters: NoParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        [PlannedEffect(kind: "found", target: try #require(context.target), expiresAt: context.now + .hours(1))]
    }

    func execute(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult { .foreign("it was so") }
    func undo(_ effect: Effect) async throws -> ActionResult { .success("must not happen") }
}
