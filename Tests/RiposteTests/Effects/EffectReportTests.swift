import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the report of an effect` {
    @Test func `tells the whole chain: events, anomaly, playbook and revision, run, step, attempts, owner, inverse and end`() async throws {
        let playbook = Playbook(
            "answer", triggers: [Trigger()], steps: [Step(.logEvent), Step("hold", id: "keep", parameters: ["minutes": 30])])
        let bench = try Bench([playbook], actions: { world, _ in [WorldAction(in: world)] })
        bench.world.fail(.done, times: 1)
        var attack = anomaly("ano-7")
        attack.evidence = [
            Evidence(time: noon, source: "log", address: IPAddress("203.0.113.9"), user: "root", what: "failure (bad_credentials)")
        ]
        try await bench.answer(attack)
        let effect = try #require(try await bench.effects().first)
        let run = try #require(try await bench.disk.run(effect.runID))
        let actions = bench.responder.actions
        let report = try #require(try await EffectReport(effect.id, from: bench.disk, actions: actions, now: bench.clock.now()))
        #expect(report.attempts.map(\.kind) == [.failed, .succeeded])
        let text = report.text(now: bench.clock.now())
        for part in [
            "\(effect.id)  world.hold on 203.0.113.9", "state      active", "owner      \(effect.incidentID)  high contained",
            "failure (bad_credentials) from 203.0.113.9 as root", "anomaly    ano-7  high brute_force.ip",
            "playbook   answer, revision \(run.revision)", "run        \(run.id)  succeeded", "step       2 of 2: keep  (hold)",
            "attempt 1", "FAILED: the world was not reachable", "attempt 2", "done: holds 203.0.113.9", "until      2026-11-20T12:30:0",
            "inverse    hold: its action's undo  {\"key\":\"\(run.id):1/203.0.113.9\"}", "to undo it: riposte effect undo \(effect.id)",
        ] { #expect(text.contains(part), "\(part) in \(text)") }
        try await bench.responder.undo(.effect(effect.id), actor: "ann", reason: "mistake")
        let after = try #require(try await EffectReport(effect.id, from: bench.disk, actions: actions, now: bench.clock.now()))
        #expect(after.text(now: bench.clock.now()).contains("undone by ann: mistake"))
        #expect(!after.text(now: bench.clock.now()).contains("to undo it"))
    }

    @Test func `tells who else holds its target, and from whom it took over`() async throws {
        let short = Playbook("short", priority: 1, triggers: [Trigger()], steps: [Step(.blockIP)])
        let long = Playbook("long", triggers: [Trigger()], steps: [Step(.blockIP, parameters: ["duration_minutes": 240])])
        let bench = try Bench([short, long])
        try await bench.answer(anomaly())
        let other = try await bench.responder.runPlaybook("short", context: ["ip": "203.0.113.9"])
        let effects = try await bench.effects([.active, .superseded])
        let heir = try #require(effects.first { $0.playbook == "long" })
        let report = try #require(
            try await EffectReport(heir.id, from: bench.disk, actions: bench.responder.actions, now: bench.clock.now()))
        #expect(report.others.map(\.incidentID) == [other.incidentID])
        #expect(report.extended.map(\.state) == [.superseded])
    }
}
