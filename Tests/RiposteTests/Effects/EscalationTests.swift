import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a step that escalates` {
    private let escalation = Escalation([.minutes(60), .hours(4), .hours(24)])

    private func playbook(_ slug: PlaybookSlug = "p", mode: PlaybookMode = .enforce, priority: Int = 0) -> Playbook {
        Playbook(slug, mode: mode, priority: priority, triggers: [Trigger()], steps: [Step(.blockIP, escalation: escalation)])
    }

    private func lengths(_ bench: Bench) async throws -> [Duration] {
        try await bench.effects().compactMap { effect in effect.expiresAt.map { $0 - effect.createdAt } }
    }

    @Test func `lasts longer with each answer to the same target, and the last duration for all that follow`() async throws {
        let bench = try Bench([playbook()])
        for attack in 1...4 {
            let report = try #require(try await bench.answer(anomaly(AnomalyID("\(attack)"), at: bench.clock.now())).first)
            let words = ["1h", "4h", "1d", "1d"][attack - 1]
            #expect(report.steps[0].outcome.message.hasSuffix("(answer \(attack) to it in 30 days: \(words) of 1h, 4h, 1d)"))
            try await bench.pass(.hours(25))
        }
        #expect(try await lengths(bench) == [.hours(1), .hours(4), .hours(24), .hours(24)])
    }

    @Test func `begins anew for another target, and when the last answer is longer ago than 30 days`() async throws {
        let bench = try Bench([playbook()])
        try await bench.answer(anomaly("a"))
        try await bench.answer(anomaly("b", from: "198.51.100.7"))
        try await bench.pass(.hours(24 * 30 + 1))
        try await bench.answer(anomaly("c", at: bench.clock.now()))
        #expect(try await lengths(bench) == [.hours(1), .hours(1), .hours(1)])
    }

    @Test func `is not repeated by a second playbook while the first one's answer holds in the incident`() async throws {
        let bench = try Bench([playbook("a", priority: 1), playbook("b")])
        let reports = try await bench.answer(anomaly())
        #expect(reports.map(\.story) == [["block_ip 203.0.113.9 succeeded"], ["block_ip 203.0.113.9 passedOver"]])
        #expect(try await lengths(bench) == [.hours(1)])
    }

    @Test func `does not count an answer that was a false positive, nor one that failed`() async throws {
        let bench = try Bench([playbook()])
        try await bench.answer(anomaly("a"))
        var effect = try #require(try await bench.effects().first)
        try await bench.responder.undo(.effect(effect.id), actor: "ann")
        effect = try #require(try await bench.disk.effect(effect.id))
        effect.isFalsePositive = true
        effect.version += 1
        try await bench.disk.commit(WriteBatch([.putEffect(effect)]))
        bench.enforcer.refusing(target("203.0.113.9"))
        try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.9"])
        #expect(Set(try await bench.effects().map(\.state)) == [.ended, .void])
        try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.10"])
        #expect(try await lengths(bench) == [.hours(1), .hours(1), .hours(1)])
    }

    @Test func `says in shadow which duration it would take`() async throws {
        let bench = try Bench([playbook()])
        try await bench.answer(anomaly("a"))
        try await bench.pass(.hours(2))
        try bench.responder.replacePlaybooks([LocatedPlaybook(playbook: playbook(mode: .shadow))])
        let report = try #require(try await bench.answer(anomaly("b", at: bench.clock.now())).first)
        #expect(
            report.steps[0].outcome.message
                == "would ban 203.0.113.9 until 2026-11-20T18:00:00Z (answer 2 to it in 30 days: 4h of 1h, 4h, 1d)")
        #expect(try await lengths(bench) == [.hours(1)])
    }
}
