import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the circuit breaker` {
    private static let once = Playbook(
        "p", triggers: [Trigger()],
        steps: [Step("hold", retry: .none)])

    private func bench(
        _ disk: InMemoryStore = InMemoryStore(), _ clock: ManualClock = ManualClock(autoAdvances: true), _ world: World = World()
    ) throws -> Bench {
        try Bench([Self.once], actions: { world, _ in [WorldAction(in: world)] }, disk: disk, clock: clock, world: world)
    }

    private func answer(_ index: Int, _ bench: Bench) async throws -> StepOutcome? {
        try await bench.answer(
            anomaly(AnomalyID("a\(index)"), from: "203.0.113.\(index)", at: bench.clock.now())
        ).first?.steps.first?.outcome
    }

    /// Whether a person was asked instead.
    private func isHeld(_ index: Int, _ bench: Bench) async throws -> Bool {
        try await bench.answer(
            anomaly(AnomalyID("a\(index)"), from: "203.0.113.\(index)", at: bench.clock.now())
        ).first?.waitingFor != nil
    }

    @Test func `after five failures in a row the action needs a person's yes, and is seen to`() async throws {
        let bench = try bench()
        bench.world.fail(.done, times: 5)
        for index in 1...5 { #expect(try await answer(index, bench)?.kind == .failed) }
        #expect(try await isHeld(6, bench))
        let asked = try #require(try await bench.disk.approvals(.pending).first)
        #expect(
            asked.reasons.contains { $0.contains("hold is demoted to approval: its back end has failed 5 times in a row") },
            "\(asked.reasons)")
        #expect(bench.world.touches.isEmpty)
        #expect(bench.responder.guardReport.demoted.map(\.action) == ["hold"])
        #expect(try await bench.why("203.0.113.6").contains("hold is demoted to approval"))
    }

    @Test func `after five minutes one is tried, and what comes of it decides`() async throws {
        let bench = try bench()
        bench.world.fail(.done, times: 6)
        for index in 1...5 { _ = try await answer(index, bench) }
        bench.clock.advance(by: .minutes(5))
        #expect(try await answer(6, bench)?.kind == .failed)
        #expect(try await isHeld(7, bench))
        bench.clock.advance(by: .minutes(5))
        #expect(try await isHeld(8, bench))
        bench.clock.advance(by: .minutes(5))
        #expect(try await answer(9, bench)?.kind == .succeeded)
        #expect(try await answer(10, bench)?.kind == .succeeded)
        #expect(bench.responder.guardReport.demoted.isEmpty)
    }

    @Test func `of an action with several back ends only the one that fails is demoted, over a restart too`() async throws {
        let rules = Guard(protected: ProtectedTargets())
        for _ in 1...5 { _ = rules.note(CircuitKey(.webhook, "https://a.example"), failure: "down", at: noon) }
        let store = InMemoryStore()
        try await store.commit(WriteBatch(rules.unwritten(at: noon).operations))
        let next = Guard(protected: ProtectedTargets())
        try await next.load(from: store, at: noon)
        for rules in [rules, next] {
            func verdict(_ backEnd: String?) -> GuardVerdict {
                let question = GuardQuestion(
                    action: .webhook, backEnd: backEnd, target: nil, kind: nil, severity: .high, isAutomatic: true, now: noon)
                return rules.consider([question]) { _ in false }
            }
            guard case .hold(let why) = verdict("https://a.example") else {
                Issue.record("the one that fails is not demoted")
                return
            }
            #expect(why.hasPrefix("webhook https://a.example is demoted to approval"))
            #expect(verdict("https://b.example") == .allow && verdict(nil) == .allow)
            #expect(GuardReport(rules, now: noon).demoted.map(\.backEnd) == ["https://a.example"])
        }
    }

    @Test func `it stays open over a restart`() async throws {
        let bench = try bench()
        bench.world.fail(.done, times: 5)
        for index in 1...5 { _ = try await answer(index, bench) }
        let next = try self.bench(bench.disk, bench.clock, bench.world)
        #expect(try await isHeld(6, next))
    }

    @Test func `a person by hand is let through, and success closes it`() async throws {
        let bench = try bench()
        bench.world.fail(.done, times: 5)
        for index in 1...5 { _ = try await answer(index, bench) }
        #expect(try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.77"]).status == .succeeded)
        #expect(try await answer(6, bench)?.kind == .succeeded)
    }

    @Test func `invalid user names by the thousand demote nothing`() async throws {
        let accounts = AccountDirectories([InMemoryAccountDirectory(accounts: ["alice"])], decisions: DecisionBoard())
        let disk = InMemoryStore()
        let responder = try IncidentResponder(
            playbooks: [.lock], actions: [LockAccount(accounts: accounts, store: disk)], store: disk,
            clock: ManualClock(autoAdvances: true),
            logger: Bench.quiet)
        for index in 0..<3000 {
            _ = try await responder.handle(
                anomaly(AnomalyID("a\(index)"), from: "198.18.\(index / 250).\(index % 250)", users: ["nobody\(index)"]))
        }
        try await responder.drain()
        #expect(responder.guardReport.demoted.isEmpty)
        let runs = try await responder.handle(anomaly("real", users: ["alice"]))
        try await responder.drain()
        #expect(try await disk.run(runs[0])?.status == .succeeded)
    }
}

@Suite struct `old events` {
    @Test func `are recorded and not acted on, and people are told`() async throws {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step(.notifyAdmin, parameters: ["channel": "slack"])])
        let bench = try Bench([playbook])
        let report = try #require(try await bench.answer(anomaly("a", at: noon - .minutes(31))).first)
        #expect(report.story == ["block_ip 203.0.113.9 refused", "notify_admin succeeded"])
        #expect(
            report.steps.first?.outcome.message
                == "refused: its last event was 31m old when it was found, more than max_event_age (30m)")
        #expect(try await bench.why("203.0.113.9").contains("more than max_event_age"))
        try await bench.answer(anomaly("b", from: "203.0.113.10", at: noon - .minutes(29)))
        #expect(bench.blocks("203.0.113.10"))
    }

    @Test func `are acted on by hand, and where the limit is off`() async throws {
        let bench = try Bench([.containment], configuration: .init(maximumEventAge: nil))
        try await bench.answer(anomaly("a", at: noon - .hours(24)))
        #expect(bench.blocks("203.0.113.9"))
    }
}
