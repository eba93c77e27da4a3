import RiposteTesting
import Synchronization
import Testing

@testable import Riposte

@Suite struct `a step that is verified` {
    private let attack = anomaly("a", users: ["alice"])

    private func playbook(_ action: ActionName, after wait: Duration = .zero, retry: RetryPolicy = .none) -> Playbook {
        Playbook("p", triggers: [Trigger()], steps: [Step(action, retry: retry, verify: wait)])
    }

    /// Drops what it is told, as often as it is told to: says yes, and holds nothing.
    private final class Forgetful: Enforcer {
        let name: EnforcerName = "forgetful"
        let base = RecordingEnforcer(name: "forgetful")
        private let left: Mutex<Int>
        init(times: Int) { left = Mutex(times) }

        func apply(_ decisions: [Decision], lifting lifted: [DecisionKey]) async throws {
            let drops = left.withLock { left in
                if !decisions.isEmpty { left -= 1 }
                return left >= 0 && !decisions.isEmpty
            }
            if !drops { try await base.apply(decisions, lifting: lifted) }
        }
        func compare(_ decisions: [Decision]) async throws -> EnforcementDrift { try await base.compare(decisions) }
        func reconcile(_ decisions: [Decision]) async throws -> EnforcementDrift { try await base.reconcile(decisions) }
        func remove() async throws -> Bool { try await base.remove() }
    }

    private func responder(_ playbook: Playbook, _ enforcer: Forgetful, _ clock: ManualClock) throws -> (IncidentResponder, DecisionBoard) {
        let board = DecisionBoard(enforcers: [enforcer], clock: clock)
        return (
            try IncidentResponder(
                playbooks: [playbook], actions: [BlockIP(decisions: board)], decisions: board, clock: clock, logger: Bench.quiet), board
        )
    }

    @Test func `fails where the enforcer does not hold what it said it would, and leaves nothing behind`() async throws {
        let clock = ManualClock(autoAdvances: true)
        let (responder, board) = try responder(playbook(.blockIP), Forgetful(times: 1), clock)
        let report = try await responder.runPlaybook("p", context: ["ip": "203.0.113.9"])
        let outcome = try #require(report.steps.first?.outcome)
        #expect(outcome.kind == .failed && outcome.failureKind == .transient)
        #expect(outcome.message.hasSuffix("but the ban on 203.0.113.9 was not in force when it was checked"))
        try await responder.drain()
        #expect(board.snapshot.count == 0)
        #expect(try await responder.store.effects(EffectQuery()).map(\.state) == [.ended])
        #expect(try await responder.store.incident(report.incidentID)?.containedAt == nil)
    }

    @Test func `is tried again as its retry policy says, and is in force then`() async throws {
        let clock = ManualClock(autoAdvances: true)
        let enforcer = Forgetful(times: 1)
        let (responder, _) = try responder(playbook(.blockIP, retry: .standard), enforcer, clock)
        let report = try await responder.runPlaybook("p", context: ["ip": "203.0.113.9"])
        #expect(report.status == .succeeded)
        #expect(report.steps.first?.outcome.attempt == 2)
        #expect(enforcer.base.inForce.map(\.target) == [target("203.0.113.9")])
        #expect(try await responder.store.effects(EffectQuery()).map(\.state) == [.active])
    }

    @Test func `is looked at after the time it was given`() async throws {
        let world = World()
        // Undone outside within two seconds, as a back end would that does not keep what it is told.
        let bench = try Bench(
            [playbook("hold", after: .seconds(5))],
            actions: { _, _ in
                [
                    WorldAction(in: world) {
                        if case .afterTouch(let context) = $0, let effect = context.effects.first { world.forget(effect) }
                    }
                ]
            }, world: world)
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps[0].outcome.kind == .failed)
        #expect(report.steps[0].outcome.endedAt >= noon + .seconds(5))
    }

    @Test func `that cannot be asked has failed, and what it may have left is taken back`() async throws {
        let bench = try Bench([playbook("hold")], actions: { world, _ in [WorldAction(in: world, canProbe: false)] })
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps[0].outcome.message.hasSuffix("whether the world.hold on 203.0.113.9 is in force could not be found out"))
        try await bench.responder.drain()
        #expect(bench.world.held.isEmpty)
        #expect(try await bench.effects().map(\.state) == [.ended])
    }

    @Test func `succeeds where all is as it should be, with several targets too`() async throws {
        let bench = try Bench([playbook(.lockAccount), Playbook("q", triggers: [Trigger()], steps: [Step(.blockIP, verify: .zero)])])
        let reports = try await bench.answer(anomaly("a", users: ["alice", "bob"]))
        #expect(reports.map(\.status) == [.succeeded, .succeeded])
        #expect(try await bench.effects().map(\.state) == [.active, .active, .active])
    }
}
