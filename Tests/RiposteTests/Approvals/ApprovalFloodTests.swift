import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a flood of questions` {
    private let playbook = Playbook(
        "careful", mode: .approve, triggers: [Trigger()], cooldown: .zero, steps: [Step(.blockIP)])

    private func attacker(_ number: Int, _ severity: Severity, at time: Timestamp = noon) -> Anomaly {
        let address = "198.\(18 + number / 65536).\(number / 256 % 256).\(number % 256)"
        return anomaly(AnomalyID("a\(number)"), .bruteForceByAddress, severity, from: address, at: time)
    }

    @Test(.timeLimit(.minutes(10)))
    func `is one for a playbook and severity, told once, and the critical one comes first`() async throws {
        let bench = try Bench([playbook], configuration: .init(intake: (burst: 20_000, perSecond: 500)))
        for number in 0..<10_000 { _ = try await bench.responder.handle(attacker(number, number == 7_777 ? .critical : .high)) }
        try await bench.responder.drain()
        let approvals = Approval.byUrgency(try await bench.disk.approvals(.pending))
        #expect(approvals.map(\.severity) == [.critical, .high])
        #expect(approvals.map(\.runCount) == [1, 9_999])
        #expect(approvals[0].targets == [target("198.18.30.97")])
        #expect(approvals.allSatisfy { $0.targets.count <= 20 && $0.proposals.count <= 20 && $0.incidents.count <= 20 })
        #expect(approvals[1].proposalCount == 9_999)
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.map(\.severity).sorted() == [.high, .critical])

        try await bench.responder.answer(approvals[0].id, .grant, actor: "ann")
        try await bench.responder.drain()
        #expect(bench.board.snapshot.count == 1 && bench.blocks("198.18.30.97"))
        try await bench.responder.answer(approvals[1].id, .grant, actor: "ann")
        try await bench.responder.drain()
        #expect(bench.board.snapshot.count == 10_000)
        #expect(try await bench.disk.unfinishedRuns().isEmpty)
    }

    @Test func `after a vote or late in its time begins a new one, so that nobody lets through what they have not seen`() async throws {
        var playbook = playbook
        playbook.approvals = ApprovalPolicy(quorum: 2)
        let bench = try Bench([playbook])
        try await bench.answer(attacker(1, .high))
        try await bench.answer(attacker(2, .high))
        let first = try #require(try await bench.disk.approvals(.pending).first)
        #expect(first.runCount == 2)
        try await bench.responder.answer(first.id, .grant, actor: "ann")
        try await bench.answer(attacker(3, .high))
        #expect(try await bench.disk.approvals(.pending).count == 2)
        try await bench.responder.answer(first.id, .grant, actor: "bob")
        try await bench.responder.drain()
        #expect(bench.blocks("198.18.0.1") && bench.blocks("198.18.0.2") && !bench.blocks("198.18.0.3"))
        try await bench.pass(.minutes(31))
        try await bench.answer(attacker(4, .high, at: noon + .minutes(31)))
        #expect(try await bench.disk.approvals(.pending).count == 2)
    }

    @Test func `is joined over a restart too`() async throws {
        let first = try Bench([playbook])
        try await first.answer(attacker(1, .high))
        let second = try Bench([playbook], disk: first.disk, clock: first.clock)
        try await second.answer(attacker(2, .high))
        let approvals = try await second.disk.approvals(.pending)
        #expect(approvals.map(\.runCount) == [2])
        try await second.outbox.deliverDue()
        #expect(second.slack.delivered.count == 1)
        try await second.responder.answer(approvals[0].id, .grant, actor: "ann")
        try await second.responder.drain()
        #expect(second.board.snapshot.count == 2)
    }
}
