import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `an effect` {
    private let attack = anomaly("a", users: ["alice"])
    private let address = target("203.0.113.9")

    private func block(_ slug: PlaybookSlug, _ minutes: Int, priority: Int = 0) -> Playbook {
        Playbook(
            slug, priority: priority, triggers: [Trigger()], steps: [Step(.blockIP, parameters: ["duration_minutes": .int(Int64(minutes))])]
        )
    }

    private func hold(_ slug: PlaybookSlug, _ minutes: Int, priority: Int = 0) -> Playbook {
        Playbook(slug, priority: priority, triggers: [Trigger()], steps: [Step("hold", parameters: ["minutes": .int(Int64(minutes))])])
    }

    private func bench(
        _ playbooks: [Playbook], hook: @escaping @Sendable (WorldAction.Moment) async throws -> Void = { _ in }
    ) throws -> Bench {
        try Bench(playbooks, actions: { world, _ in [WorldAction(in: world, hook: hook)] })
    }

    // MARK: - One active effect

    @Test func `is one for one action, target and incident: the same again is passed over`() async throws {
        let bench = try bench([block("a", 60), block("b", 60)])
        let reports = try await bench.answer(attack)
        #expect(reports.map(\.story) == [["block_ip 203.0.113.9 succeeded"], ["block_ip 203.0.113.9 passedOver"]])
        #expect(try await bench.effects([.active]).count == 1)
        #expect(bench.board.snapshot.all.first?.owners.count == 1)
    }

    @Test func `shorter is passed over, and never shortens`() async throws {
        let bench = try bench([block("a", 60), block("b", 5)])
        let reports = try await bench.answer(attack)
        #expect(reports.last?.story == ["block_ip 203.0.113.9 passedOver"])
        try await bench.pass(.minutes(59))
        #expect(bench.blocks("203.0.113.9"))
    }

    @Test func `longer takes over, and the block lasts until its end`() async throws {
        let bench = try bench([block("a", 60), block("b", 240)])
        let reports = try await bench.answer(attack)
        #expect(reports.map(\.story) == [["block_ip 203.0.113.9 succeeded"], ["block_ip 203.0.113.9 succeeded"]])
        #expect(Set(try await bench.effects().map(\.state)) == [.superseded, .active])
        try await bench.pass(.minutes(239))
        #expect(bench.blocks("203.0.113.9"))
        try await bench.pass(.minutes(1))
        #expect(!bench.blocks("203.0.113.9"))
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `that was taken over is gone with its successor`() async throws {
        let bench = try bench([block("a", 60), block("b", 240), block("c", 300)])
        try await bench.answer(attack)
        let incident = try await bench.incidents[0].id
        try await bench.responder.undo(incident, actor: "ann")
        #expect(!bench.blocks("203.0.113.9"))
        #expect(bench.board.snapshot.count == 0)
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `on an account that was taken over is gone with its successor, after a restart too`() async throws {
        func lock(_ slug: PlaybookSlug, _ minutes: Int) -> Playbook {
            Playbook(slug, triggers: [Trigger()], steps: [Step(.lockAccount, parameters: ["duration_minutes": .int(Int64(minutes))])])
        }
        let directory = InMemoryAccountDirectory()
        let bench = try Bench([lock("a", 10), lock("b", 20)], directories: [directory])
        try await bench.answer(anomaly("a", .successAfterFailures, .critical, users: ["alice"]))
        #expect(Set(try await bench.effects().map(\.state)) == [.superseded, .active])
        #expect(directory.restrictions(on: "alice")[.lock] != nil)
        let next = try Bench(disk: bench.disk, clock: bench.clock, directories: [directory])
        try await next.responder.undo(bench.incidents[0].id, actor: "ann")
        #expect(!next.locks("alice"))
        #expect(directory.restrictions(on: "alice").isEmpty)
    }

    @Test func `of the same playbook is extended by a longer one and passes over a shorter one`() async throws {
        let playbook = Playbook(
            "p", triggers: [Trigger()],
            steps: [240, 60, 300].map { Step(.blockIP, parameters: ["duration_minutes": .int($0)]) })
        let bench = try bench([playbook])
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps.map(\.outcome.kind) == [.succeeded, .passedOver, .succeeded])
        try await bench.pass(.minutes(299))
        #expect(bench.blocks("203.0.113.9"))
        try await bench.pass(.minutes(1))
        #expect(!bench.blocks("203.0.113.9"))
    }

    @Test func `that is found standing tells later steps what is in force`() async throws {
        let log = Playbook("b", triggers: [Trigger()], steps: [Step(.blockIP), Step(.logEvent)])
        let bench = try bench([block("a", 240), log])
        try await bench.answer(attack)
        let line = try #require(bench.log.lines.first)
        let effect = try #require(try await bench.effects([.active]).first)
        #expect(line.context["blocked_ip"] == "203.0.113.9")
        #expect(line.context["block_id"] == .string(effect.id.rawValue))
        #expect(line.context["expires_at"] == effect.expiresAt?.contextValue)
    }

    @Test func `stays with the record of the one it took over from while the store fails`() async throws {
        let bench = try bench([block("a", 60, priority: 1)])
        try await bench.answer(attack)
        let incident = try await bench.incidents[0].id
        try bench.responder.replacePlaybooks([LocatedPlaybook(playbook: block("longer", 240))])
        let before = bench.store.calls
        _ = try? await bench.responder.runPlaybook("longer", context: ["ip": "203.0.113.9"], incident: incident)
        let calls = bench.store.calls - before
        // The same again, and the store fails at each of the calls.
        for call in 1...calls {
            let bench = try self.bench([block("a", 60, priority: 1)])
            try await bench.answer(attack)
            try bench.responder.replacePlaybooks([LocatedPlaybook(playbook: block("longer", 240))])
            let incident = try await bench.incidents[0].id
            bench.store.fail(at: bench.store.calls + call)
            _ = try? await bench.responder.runPlaybook("longer", context: ["ip": "203.0.113.9"], incident: incident)
            try await bench.responder.drain()
            #expect(bench.blocks("203.0.113.9"), "call \(call)")
            try await bench.pass(.hours(4))
            #expect(!bench.blocks("203.0.113.9"), "call \(call)")
            #expect(try await bench.effects([.pending, .active, .undoing]).isEmpty, "call \(call)")
        }
    }

    // MARK: - Undo

    @Test func `is taken back with its incident`() async throws {
        let bench = try Bench([.bruteForceResponse])
        try await bench.answer(attack)
        let undone = try await bench.responder.undo(bench.incidents[0].id, actor: "ann", reason: "our scanner")
        #expect(Set(undone.map(\.kind)) == [.ban, .accountLock])
        #expect(undone.allSatisfy { $0.state == .ended && $0.undoneBy == "ann" && $0.note == "undone by ann: our scanner" })
        #expect(!bench.blocks("203.0.113.9"))
        #expect(!bench.locks("alice"))
        #expect(try await bench.responder.undo(bench.incidents[0].id, actor: "ann").isEmpty)
    }

    @Test func `of an unknown incident cannot be taken back`() async throws {
        let bench = try Bench()
        await #expect(throws: ResponderError.self) { try await bench.responder.undo("inc-0", actor: "ann") }
    }

    @Test func `is one of two: taking back the other does not unblock`() async throws {
        let bench = try bench([block("a", 60)])
        try await bench.answer(attack)
        _ = try await bench.responder.runPlaybook("a", context: ["ip": "203.0.113.9"])
        let first = try await bench.incidents[0].id
        #expect(bench.board.snapshot.all.map(\.owners.count) == [2])
        try await bench.responder.undo(first, actor: "ann")
        #expect(bench.blocks("203.0.113.9"))
        #expect(bench.enforcer.inForce.count == 1)
        try await bench.pass(.hours(1))
        #expect(!bench.blocks("203.0.113.9"))
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `ends by itself when its time is up, even without a word from the clock's loop`() async throws {
        let bench = try bench([block("a", 60)])
        try await bench.answer(attack)
        bench.clock.advance(by: .minutes(60))
        #expect(!bench.blocks("203.0.113.9"))
        try await bench.responder.drain()
        let effect = try #require(try await bench.effects().first)
        #expect(effect.state == .ended && effect.note == "expired" && effect.undoneBy == nil)
    }

    @Test func `is taken back again and again until it works, later each time`() async throws {
        let bench = try bench([hold("a", 30)])
        try await bench.answer(attack)
        bench.world.fail(.takenBack, times: 4)
        try await bench.pass(.minutes(30))
        var effect = try #require(try await bench.effects().first)
        #expect(effect.state == .undoing && effect.undoAttempts == 1 && effect.nextUndoAt == noon + .minutes(30) + .seconds(1))
        #expect(effect.note == "taking it back failed: the world was not reachable")
        for wait in [1, 2, 4] { try await bench.pass(.seconds(wait)) }
        effect = try #require(try await bench.effects().first)
        #expect(effect.state == .undoing && effect.undoAttempts == 4)
        try await bench.pass(.seconds(8))
        effect = try #require(try await bench.effects().first)
        #expect(effect.state == .ended && effect.note == "expired")
        #expect(bench.world.held.isEmpty)
    }

    @Test func `that could not be taken back at once says in the end why it was, and not why it could not`() async throws {
        let bench = try bench([hold("a", 30)])
        try await bench.answer(attack)
        let incident = try await bench.incidents[0].id
        bench.world.fail(.takenBack, times: 2)
        let undone = try await bench.responder.undo(incident, actor: "ann", reason: "our scanner")
        #expect(undone.map(\.note) == ["taking it back failed: the world was not reachable"])
        for wait in [1, 2] { try await bench.pass(.seconds(wait)) }
        let effect = try #require(try await bench.effects().first)
        #expect(effect.state == .ended && effect.note == "undone by ann: our scanner" && effect.undoneBy == "ann")
        #expect(bench.world.held.isEmpty)
    }

    @Test func `is taken back in the end although the store fails in the middle`() async throws {
        for call in 1...6 {
            let bench = try bench([hold("a", 30)])
            try await bench.answer(attack)
            bench.clock.advance(by: .minutes(30))
            bench.store.fail(at: bench.store.calls + call)
            try? await bench.responder.drain()
            try await bench.pass(.minutes(1))
            #expect(bench.world.held.isEmpty, "call \(call)")
            #expect(try await bench.effects().map(\.state) == [.ended], "call \(call)")
        }
    }

    @Test func `that cannot be taken back yet does not keep others from it`() async throws {
        let bench = try bench([hold("a", 30), block("b", 30)])
        try await bench.answer(attack)
        bench.world.fail(.takenBack, times: 9)
        try await bench.pass(.minutes(30))
        #expect(!bench.blocks("203.0.113.9"))
        #expect(try await bench.effects([.undoing]).map(\.action) == ["hold"])
        #expect(try await bench.effects([.ended]).map(\.action) == [.blockIP])
    }

    @Test func `whose undo hangs does not hold up an ingest`() async throws {
        let release = Signal()
        let bench = try bench([hold("a", 30)]) { if case .beforeUndo = $0 { await release.wait() } }
        try await bench.answer(attack)
        bench.clock.advance(by: .minutes(31))
        let stuck = Task { try await bench.responder.drain() }
        let runs = try await bench.responder.handle(anomaly("b", at: noon + .minutes(31)))
        #expect(runs.count == 1)
        #expect(bench.world.held.count == 1)
        release.set()
        try await stuck.value
    }

    @Test func `of an action that is gone is orphaned, visible, and taken back once it is there again`() async throws {
        let bench = try bench([hold("a", 30)])
        try await bench.answer(attack)
        let next = try Bench(disk: bench.disk, clock: bench.clock, world: bench.world)
        try await next.pass(.minutes(31))
        #expect(try await next.effects().map(\.state) == [.orphaned])
        #expect(bench.world.held.count == 1)
        try next.responder.extend(WorldAction(in: bench.world))
        try await next.responder.drain()
        try await next.responder.drain()
        #expect(try await next.effects().map(\.state) == [.ended])
        #expect(bench.world.held.isEmpty)
    }

    @Test func `that a person took back while its action was gone ends when it is there, not when it expires`() async throws {
        let bench = try bench([hold("a", 30)])
        try await bench.answer(attack)
        let next = try Bench(disk: bench.disk, clock: bench.clock, world: bench.world)
        try await next.responder.undo(bench.incidents[0].id, actor: "ann")
        #expect(try await next.effects().map(\.state) == [.orphaned])
        try next.responder.extend(WorldAction(in: bench.world))
        try await next.responder.drain()
        try await next.responder.drain()
        #expect(bench.world.held.isEmpty)
        #expect(try await next.effects().first?.undoneBy == "ann")
    }

    @Test func `that was there already and not by us is never taken back`() async throws {
        struct Found: ReversibleAction {
            let name: ActionName = "found"
            let undone: Keys
            func effects(_ parameters: NoParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
                [PlannedEffect(kind: "x", target: .user("alice"), expiresAt: context.now + .minutes(5))]
            }
            func execute(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
                .foreign("blocked by somebody")
            }
            func undo(_ effect: Effect) async throws -> ActionResult {
                undone.add(effect.id.rawValue)
                return .success("")
            }
        }
        let undone = Keys()
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step("found")])], actions: { _, _ in [Found(undone: undone)] })
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps.first?.outcome.kind == .unchanged)
        #expect(try await bench.effects().map(\.state) == [.foreign])
        try await bench.responder.undo(bench.incidents[0].id, actor: "ann")
        try await bench.pass(.hours(1))
        #expect(undone.all.isEmpty)
    }

    @Test func `of a step that failed is void`() async throws {
        let bench = try bench([hold("a", 30)])
        bench.world.fail(.done, times: 3)
        #expect(try await bench.answer(attack).first?.status == .failed)
        #expect(try await bench.effects().map(\.state) == [.void])
    }

    @Test func `tells who wants to know that a person let its target go`() async throws {
        let bench = try bench([block("a", 60)])
        try await bench.answer(attack)
        try await bench.responder.undo(bench.incidents[0].id, actor: "ann")
        #expect(bench.responder.forgotten.take().map(\.target) == [address])
        #expect(bench.responder.forgotten.take().isEmpty)
    }

    @Test func `tells that its time is over, by its end and not by when that was seen`() async throws {
        let bench = try bench([block("a", 60)])
        try await bench.answer(attack)
        let end = bench.clock.now() + .hours(1)
        try await bench.pass(.minutes(59))
        #expect(bench.responder.forgotten.take().isEmpty)
        try await bench.pass(.hours(3))
        let told = bench.responder.forgotten.take()
        #expect(told.map(\.target) == [address] && told.map(\.time) == [end])
    }

    @Test func `tells nothing while another still holds its target`() async throws {
        let bench = try bench([block("a", 60)])
        try await bench.answer(attack)
        _ = try await bench.responder.runPlaybook("a", context: ["ip": "203.0.113.9"])
        try await bench.pass(.minutes(30))
        _ = try await bench.responder.runPlaybook("a", context: ["ip": "203.0.113.9"])
        try await bench.pass(.minutes(30))
        #expect(bench.responder.forgotten.take().isEmpty)
        try await bench.pass(.minutes(30))
        #expect(bench.responder.forgotten.take().map(\.target) == [address])
        // After a restart the same is read from the store.
        let end = bench.clock.now()
        let released = try await bench.effects().lettingGo()
        #expect(released.map(\.target) == [address] && released.map(\.time) == [end])
    }

    @Test func `that keeps nobody out tells nothing when its time is over`() async throws {
        let bench = try bench([hold("a", 30)])
        try await bench.answer(attack)
        try await bench.pass(.hours(1))
        #expect(try await bench.effects().map(\.state) == [.ended])
        #expect(bench.responder.forgotten.take().isEmpty)
    }

    // MARK: - Over a restart

    @Test func `that ran out while nobody was there is over before the first new event`() async throws {
        let bench = try bench([block("a", 60), hold("b", 30)])
        try await bench.answer(attack)
        bench.clock.advance(by: .hours(2))
        let next = try Bench(actions: { world, _ in [WorldAction(in: world)] }, disk: bench.disk, clock: bench.clock, world: bench.world)
        try await next.responder.recover()
        #expect(!next.blocks("203.0.113.9"))
        #expect(next.enforcer.inForce.isEmpty)
        #expect(try await next.disk.effects(EffectQuery(states: [.ended])).map(\.action) == [.blockIP])
        try await next.responder.drain()
        #expect(next.world.held.isEmpty)
    }

    @Test func `that still holds is in force again after a restart`() async throws {
        let bench = try bench([block("a", 60)])
        try await bench.answer(attack)
        let next = try Bench(disk: bench.disk, clock: bench.clock)
        try await next.responder.recover()
        #expect(next.blocks("203.0.113.9"))
        #expect(next.enforcer.inForce.count == 1)
        try await next.pass(.hours(1))
        #expect(next.enforcer.inForce.isEmpty)
    }

    @Test func `that is permanent stays`() async throws {
        let bench = try bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP, parameters: ["permanent": true])])])
        try await bench.answer(attack)
        try await bench.pass(.hours(24 * 400))
        #expect(bench.blocks("203.0.113.9"))
        try await bench.responder.removeDecisions(on: address, actor: "ann")
        #expect(!bench.blocks("203.0.113.9"))
    }
}
