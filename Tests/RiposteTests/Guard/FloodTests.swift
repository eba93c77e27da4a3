import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a flood of anomalies` {
    private static let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])

    private static func decoy(_ index: Int, at time: Timestamp) -> Anomaly {
        anomaly(
            AnomalyID("decoy-\(index)"), .bruteForceByAddress, .medium, from: "10.\(index / 65536).\(index / 256 % 256).\(index % 256)",
            at: time)
    }

    private static func takeover(at time: Timestamp) -> Anomaly {
        anomaly("takeover", .successAfterFailures, .critical, from: "203.0.113.9", users: ["alice"], at: time)
    }

    @Test func `hides no takeover: behind ten thousand decoys it is taken in and answered before all that wait`() async throws {
        let bench = try Bench([Self.playbook])
        for index in 0..<10_000 { _ = try await bench.responder.handle(Self.decoy(index, at: noon)) }
        let runs = try await bench.responder.handle(Self.takeover(at: noon))
        #expect(runs.count == 1)
        #expect(bench.responder.queue.take()?.id == runs[0])
        #expect(bench.responder.guardReport.shed > 0)
    }

    @Test func `that is handed over all at once is written most severe first`() async throws {
        let intake = AnomalyIntake()
        for index in 0..<10_000 { _ = intake.add(Self.decoy(index, at: noon)) }
        let ticket = intake.add(Self.takeover(at: noon))
        let first = intake.take()
        #expect(first.first?.ticket == ticket)
        #expect(first.count == AnomalyIntake.batchLimit)
        var count = first.count
        while case let batch = intake.take(), !batch.isEmpty { count += batch.count }
        #expect(count == 10_001)
    }

    @Test func `ten thousand a second for a minute are bounded, what is shed is counted, and the reserve for critical holds`() async throws
    {
        let bench = try Bench([Self.playbook], configuration: .init(intake: (burst: 100, perSecond: 10)))
        var answered = 0
        for second in 0..<60 {
            for index in 0..<100 {
                answered += try await bench.responder.handle(Self.decoy(second * 100 + index, at: bench.clock.now())).count
            }
            bench.clock.advance(by: .seconds(1))
        }
        #expect(answered == 80 + 59 * 10)
        #expect(bench.responder.guardReport.shed == UInt64(6000 - answered))
        #expect(try await bench.responder.handle(Self.takeover(at: bench.clock.now())).count == 1)
        try await bench.responder.keepGuard()
        #expect(try await bench.disk.guardStates()[.shed]?["total"]?.int == Int64(6000 - answered))
        let next = try Bench([Self.playbook], disk: bench.disk, clock: bench.clock)
        try await next.responder.recover()
        #expect(next.responder.guardReport.shed == UInt64(6000 - answered))
    }

    @Test func `keeps no more than a thousand waiting runs in memory, and loses none`() async throws {
        let bench = try Bench([Self.playbook])
        for index in 0..<1500 { _ = try await bench.responder.handle(Self.decoy(index, at: noon)) }
        try await bench.responder.drain()
        #expect(bench.enforcer.inForce.count == 1500)
        #expect(try await bench.disk.unfinishedRuns().isEmpty)
    }

    @Test func `of a log is never shed`() async throws {
        let bench = try Bench([Self.playbook], configuration: .init(intake: (burst: 10, perSecond: 1)))
        let runs = try await bench.responder.ingest((0..<3000).map { Self.decoy($0, at: noon) }, from: nil)
        #expect(runs.count == 3000)
        #expect(bench.responder.guardReport.shed == 0)
    }
}
