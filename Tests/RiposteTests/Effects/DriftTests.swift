import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `an effect that is missing` {
    private let attack = anomaly("a", .successAfterFailures, .critical, users: ["alice"])
    private let directory = InMemoryAccountDirectory()
    private let lock = Playbook("p", triggers: [Trigger()], steps: [Step(.lockAccount)])

    private func bench() throws -> Bench {
        try Bench(
            [lock, Playbook("q", triggers: [Trigger()], steps: [Step("hold")])], actions: { world, _ in [WorldAction(in: world)] },
            directories: [directory])
    }

    private func unlock(_ bench: Bench) async throws {
        guard let effect = try await bench.effects().first(where: { $0.kind == .accountLock }) else { return }
        _ = directory.lift(AccountOrder("alice", .lock, until: nil, effect: effect.id, incident: effect.incidentID))
    }

    private func lockEffect(_ bench: Bench) async throws -> Effect {
        try #require(try await bench.effects().first { $0.kind == .accountLock })
    }

    @Test func `is made anew under the same effect, and the record says so`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        let before = try await lockEffect(bench)
        try await unlock(bench)
        try await bench.responder.watch.look()
        #expect(directory.restrictions(on: "alice")[.lock] != nil)
        let after = try await lockEffect(bench)
        #expect(after.id == before.id && after.expiresAt == before.expiresAt && after.state == .active)
        #expect(after.drifts?.map(\.repairedAt) == [bench.clock.now()])
        #expect(after.remarks.last?.contains("was missing once at 2026-11-20T12:00:0") == true)
        let timeline = try #require(try await IncidentReport(after.incidentID, from: bench.disk)).timeline.map(\.text)
        #expect(timeline.contains("account.lock on user:alice was missing"))
        #expect(timeline.contains("account.lock on user:alice was put right"))
        let why = try await Explanation(target("user:alice"), from: bench.disk, protected: ProtectedTargets(), now: bench.clock.now())
        #expect(why.text(now: bench.clock.now()).contains("was missing once"))
        // And it ends as it would have.
        try await bench.pass(.minutes(31))
        #expect(directory.restrictions(on: "alice").isEmpty)
    }

    @Test func `carries the same key when it is made anew`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        let effect = try #require(try await bench.effects().first { $0.action == "hold" })
        bench.world.forget(effect)
        try await bench.responder.watch.look()
        #expect(bench.world.held == [target("203.0.113.9")])
        #expect(Set(bench.world.touches.map(\.key)).count == 1)
    }

    @Test func `is drifted while it cannot be made anew, and tried again every minute`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        let effect = try #require(try await bench.effects().first { $0.action == "hold" })
        bench.world.forget(effect)
        bench.world.fail(.done, times: 2)
        try await bench.responder.watch.look()
        var now = try #require(try await bench.disk.effect(effect.id))
        #expect(now.condition(at: bench.clock.now()) == "drifted")
        #expect(now.remarks.last?.contains("not put right yet: the world was not reachable") == true)
        try await bench.responder.watch.look()  // within the minute: nothing
        for _ in 0..<2 {
            bench.clock.advance(by: .minutes(1))
            try await bench.responder.watch.look()
        }
        now = try #require(try await bench.disk.effect(effect.id))
        #expect(now.condition(at: bench.clock.now()) == "active")
        #expect(now.drifts?.count == 1 && now.driftCount == 1)
        #expect(now.drifts?.first?.repairedAt == noon + .minutes(2))
    }

    @Test func `is left alone when it has run out or was taken back, and where the engine has lost the store`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        let hold = try #require(try await bench.effects().first { $0.action == "hold" })
        try await bench.responder.undo(.effect(hold.id), actor: "ann")
        try await unlock(bench)
        bench.clock.advance(by: .minutes(31))
        try await bench.responder.watch.look()
        #expect(bench.world.held.isEmpty)
        #expect(directory.restrictions(on: "alice").isEmpty)
        let other = try self.bench()
        try await other.answer(attack)
        try await unlock(other)
        other.responder.writes(with: Fence(7))
        try await other.responder.watch.look()
        #expect(directory.restrictions(on: "alice").isEmpty)
    }

    @Test func `is left alone while everything is paused`() async throws {
        let bench = try bench()
        try await bench.answer(attack)
        try await unlock(bench)
        try await bench.responder.pause(actor: "ann")
        try await bench.responder.watch.look()
        #expect(directory.restrictions(on: "alice").isEmpty)
        try await bench.responder.resume(actor: "ann")
        bench.clock.advance(by: .minutes(1))
        try await bench.responder.watch.look()
        #expect(directory.restrictions(on: "alice")[.lock] != nil)
    }

    @Test func `waits for its turn where there are very many, and nobody is passed over`() {
        var rounds = ProbeRounds()
        let all = (0..<150).map { EffectID("eff-\($0)") }
        var seen: [EffectID] = []
        for _ in 0..<3 { seen += rounds.next(at: noon) { all } }
        #expect(seen == all)
        #expect(rounds.next(at: noon + .seconds(59)) { all }.isEmpty)
        #expect(rounds.next(at: noon + .seconds(60)) { all }.count == ProbeRounds.width)
    }
}
