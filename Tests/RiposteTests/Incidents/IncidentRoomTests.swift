import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `more open incidents than memory has room for` {
    private func bench(
        _ limit: Int = 5, disk: InMemoryStore = InMemoryStore(), clock: ManualClock = ManualClock(autoAdvances: true)
    ) throws
        -> Bench
    {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])
        return try Bench([playbook], configuration: .init(maximumIncidentsInMemory: limit), disk: disk, clock: clock)
    }

    private func flood(_ bench: Bench, _ count: Int = 40) async throws {
        for number in 1...count {
            try await bench.answer(anomaly(AnomalyID("a\(number)"), from: "198.51.100.\(number)", at: bench.clock.now()))
            bench.clock.advance(by: .milliseconds(1))
        }
    }

    @Test func `are in the store, and those that were let go of are counted`() async throws {
        let bench = try bench()
        try await flood(bench)
        #expect(bench.responder.counts.openIncidents <= 5)
        #expect(bench.responder.counts.evictedIncidents >= 35)
        #expect(try await bench.incidents.count { $0.status == .contained } == 40)
    }

    @Test func `are joined all the same, and answered no second time while the first answer holds`() async throws {
        let bench = try bench()
        try await flood(bench)
        #expect(try await bench.answer(anomaly("again", from: "198.51.100.1", at: bench.clock.now())).isEmpty)
        let incidents = try await bench.incidents
        #expect(incidents.count == 40 && incidents.first?.anomalyCount == 2)
        try await bench.answer(anomaly("a1", from: "198.51.100.1"))
        #expect(try await bench.incidents.first?.anomalyCount == 2, "an anomaly that is known changes nothing")
    }

    @Test func `are acknowledged, resolved and run by hand as the others are`() async throws {
        let bench = try bench()
        try await flood(bench)
        let ids = try await bench.incidents.map(\.id)
        #expect(try await bench.responder.acknowledge(ids[0], actor: "ann").isNew)
        #expect(try await bench.responder.resolve(ids[1], actor: "ann").incident.status == .resolved)
        let run = try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.9"], incident: ids[2])
        #expect(run.status == .succeeded)
        #expect(try await bench.disk.incident(ids[0])?.acknowledgement?.actor == "ann")
    }

    @Test func `are over when they have been quiet, those in the store too`() async throws {
        let bench = try bench()
        try await flood(bench)
        try await bench.pass(.hours(30))
        try await bench.responder.resolveQuietIncidents()
        #expect(try await bench.incidents.allSatisfy { $0.status == .resolved })
    }

    @Test func `are more than room at the start as well`() async throws {
        let first = try bench(1000)
        try await flood(first)
        #expect(first.responder.counts.evictedIncidents == 0)
        let second = try bench(disk: first.disk, clock: first.clock)
        try await second.responder.recover()
        #expect(second.responder.counts.openIncidents == 5 && second.responder.counts.evictedIncidents > 0)
        try await second.answer(anomaly("again", from: "198.51.100.1", at: second.clock.now()))
        #expect(try await second.incidents.count == 40)
    }

    @Test func `are not let go of while a run of theirs is driven`() async throws {
        var index = IncidentIndex(joinWindow: .hours(1))
        for number in 1...10 {
            var incident = Incident(opening: anomaly(AnomalyID("a\(number)")), at: noon + .seconds(number))
            incident.join(anomaly(AnomalyID("a\(number)")), at: noon + .seconds(number))
            index.put(incident)
            if number == 1 { index.pin(incident.id, for: "run-1") }
        }
        let first = Incident(opening: anomaly("a1"), at: noon).id
        index.makeRoom(3)
        #expect(index.incidents.count == 3 && index.incidents[first] != nil && index.evictions == 7)
        index.unpin(first, for: "run-1")
        index.makeRoom(2)
        #expect(index.incidents[first] == nil)
    }
}
