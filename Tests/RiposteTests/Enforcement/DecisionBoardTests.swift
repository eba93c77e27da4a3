import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a decision board` {
    private func ban(_ id: EffectID, _ text: String, until minutes: Int?, kind: EffectKind = .ban) -> Effect {
        Effect(
            id: id, kind: kind, target: target(text), action: .blockIP, expiresAt: minutes.map { noon + .minutes($0) }, incidentID: "inc-1",
            runID: "run-1", step: StepPath(0), playbook: "p", createdAt: noon)
    }

    private func board(_ enforcers: any Enforcer...) -> DecisionBoard {
        DecisionBoard(enforcers: enforcers, clock: ManualClock())
    }

    @Test func `merges what several effects want, and ends with the last of them`() async throws {
        let board = DecisionBoard()
        #expect(try await board.claim(ban("a", "203.0.113.9", until: 60)))
        #expect(try await !board.claim(ban("b", "203.0.113.9", until: 30)))
        #expect(try await board.claim(ban("c", "203.0.113.9", until: 90)))
        #expect(board.snapshot.all.map(\.until) == [noon + .minutes(90)])
        #expect(board.snapshot.all.map(\.owners) == [["a", "b", "c"]])
        #expect(try await board.release(ban("c", "203.0.113.9", until: 90)))
        #expect(board.snapshot.all.map(\.until) == [noon + .minutes(60)])
        #expect(try await !board.release(ban("b", "203.0.113.9", until: 30)))
        #expect(try await board.release(ban("a", "203.0.113.9", until: 60)))
        #expect(board.snapshot.count == 0)
        #expect(try await !board.release(ban("a", "203.0.113.9", until: 60)))
    }

    @Test func `finds the strictest decision that covers an address, and none that has run out`() async throws {
        let board = DecisionBoard()
        _ = try await board.claim(ban("a", "203.0.113.0/24", until: 60))
        _ = try await board.claim(ban("b", "203.0.113.9", until: nil, kind: .throttle))
        _ = try await board.claim(ban("c", "2001:db8::/48", until: nil))
        func found(_ address: String, _ minutes: Int = 0) -> Decision? {
            IPAddress(address).flatMap { board.snapshot.decision(for: $0, at: noon + .minutes(minutes)) }
        }
        #expect(found("203.0.113.9")?.type == .ban)
        #expect(found("203.0.113.9", 60)?.type == .throttle)
        #expect(found("203.0.113.10")?.target == target("203.0.113.0/24"))
        #expect(found("203.0.113.10", 60) == nil)
        #expect(found("2001:db8::1:2:3")?.until == nil)
        #expect(found("2001:db9::1") == nil)
        #expect(found("::ffff:203.0.113.10")?.type == .ban)
    }

    @Test func `tells the enforcers what holds, and what does no longer`() async throws {
        let enforcer = RecordingEnforcer()
        let board = board(enforcer)
        _ = try await board.claim(ban("a", "203.0.113.9", until: 60))
        _ = try await board.claim(ban("b", "203.0.113.9", until: 90))
        #expect(enforcer.inForce.map(\.until) == [noon + .minutes(90)])
        _ = try await board.release(ban("b", "203.0.113.9", until: 90))
        #expect(enforcer.inForce.map(\.until) == [noon + .minutes(60)])
        _ = try await board.release(ban("a", "203.0.113.9", until: 60))
        #expect(enforcer.inForce.isEmpty)
    }

    @Test func `claims nothing that an enforcer could not carry out, and leaves none of it with another`() async throws {
        let (first, second) = (RecordingEnforcer(name: "first"), RecordingEnforcer(name: "second"))
        let board = board(first, second)
        second.failing(EnforcementError("the firewall is gone"))
        await #expect(throws: EnforcementError.self) { try await board.claim(ban("a", "203.0.113.9", until: 60)) }
        #expect(board.snapshot.count == 0)
        #expect(first.inForce.isEmpty)
        second.failing(nil)
        #expect(try await board.claim(ban("a", "203.0.113.9", until: 60)))
        #expect(first.inForce == second.inForce)
    }

    @Test func `keeps what an enforcer could not lift`() async throws {
        let enforcer = RecordingEnforcer()
        let board = board(enforcer)
        let effect = ban("a", "203.0.113.9", until: 60)
        _ = try await board.claim(effect)
        enforcer.failing(EnforcementError("busy"))
        await #expect(throws: EnforcementError.self) { try await board.release(effect) }
        #expect(await board.holds(effect))
        enforcer.failing(nil)
        #expect(try await board.release(effect))
        #expect(enforcer.inForce.isEmpty)
    }

    @Test func `makes the enforcers hold exactly what the store says at start`() async throws {
        let enforcer = RecordingEnforcer()
        try await enforcer.apply([Decision(merging: [ban("old", "198.51.100.1", until: 5)])].compactMap(\.self), lifting: [])
        let board = board(enforcer)
        board.restore([ban("a", "203.0.113.9", until: 60)])
        await board.reconcile()
        #expect(enforcer.inForce.map(\.target.value) == ["203.0.113.9"])
    }

    @Test func `fails the step whose ban could not be carried out, after trying again`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])])
        bench.enforcer.failing(EnforcementError("the firewall is gone"))
        let report = try #require(try await bench.answer(anomaly()).first)
        #expect(report.steps.first?.outcome.message == "the firewall is gone")
        #expect(report.steps.first?.outcome.attempt == 3)
        #expect(try await bench.effects().map(\.state) == [.void])
        #expect(!bench.blocks("203.0.113.9"))
    }

    @Test func `is told to the enforcers later where they are not there at start, and nothing waits for them`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])])
        try await bench.answer(anomaly())
        let next = try Bench(disk: bench.disk, clock: bench.clock)
        next.enforcer.failing(EnforcementError("the firewall is gone"))
        try await next.answer(anomaly("b", from: "198.51.100.7"))
        #expect(next.blocks("203.0.113.9"))
        #expect(next.enforcer.inForce.isEmpty)
        try await next.responder.reconcileEnforcers()
        #expect(next.board.enforcers.map(\.error) == ["the firewall is gone"])
        next.enforcer.failing(nil)
        try await next.responder.reconcileEnforcers()
        #expect(next.board.enforcers.map(\.state) == [.enforced])
        #expect(next.enforcer.inForce.map(\.target.value) == ["203.0.113.9"])
    }

    @Test func `tries to lift again what could not be lifted at its end`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])])
        try await bench.answer(anomaly())
        bench.enforcer.failing(EnforcementError("busy"))
        try await bench.pass(.hours(1))
        #expect(bench.enforcer.inForce.count == 1)
        bench.enforcer.failing(nil)
        try await bench.pass(.seconds(1))
        #expect(bench.enforcer.inForce.isEmpty)
        #expect(try await bench.effects().map(\.state) == [.ended])
    }
}
