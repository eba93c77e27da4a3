import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a step that waits` {
    private func playbook(_ duration: String) -> Playbook {
        Playbook(
            "p", triggers: [Trigger()], deadline: .minutes(30),
            steps: [Step(.wait, parameters: ["duration": .string(duration)]), Step(.blockIP)])
    }

    @Test func `lets its time pass before the next one, without using up the run's deadline`() async throws {
        let bench = try Bench([playbook("2h")])
        let report = try #require(try await bench.answer(anomaly()).first)
        #expect(report.story == ["wait succeeded", "block_ip 203.0.113.9 succeeded"])
        #expect(bench.clock.now() >= noon + .hours(2) && bench.clock.now() < noon + .hours(2) + .minutes(1))
        let timeline = try #require(try await IncidentReport(report.incidentID, from: bench.disk)).timeline.map(\.text)
        #expect(timeline.contains { $0.hasPrefix("wait waits until") })
    }

    @Test func `counts from its first attempt, whatever stops lie in between`() async throws {
        let clock = ManualClock()
        let disk = InMemoryStore()
        for life in 0..<3 {
            let bench = try Bench([playbook("10m")], disk: disk, clock: clock)
            let service = Task { try await bench.responder.run() }
            if life == 0 { _ = try await bench.responder.handle(anomaly()) }
            try await eventually {
                guard let run = try await disk.unfinishedRuns().first else { return false }
                return try await !disk.journal(of: run.id).isEmpty
            }
            #expect(!bench.blocks("203.0.113.9"))
            service.cancel()
            try await service.value
            clock.advance(by: .minutes(3))
        }
        clock.advance(by: .minutes(1))
        let bench = try Bench([playbook("10m")], disk: disk, clock: clock)
        let service = Task { try await bench.responder.run() }
        try await eventually { bench.blocks("203.0.113.9") }
        service.cancel()
        try await service.value
    }

    @Test func `holds up no other run, however few places there are`() async throws {
        let quick = Playbook("q", triggers: [Trigger(severity: .exactly([.low]))], steps: [Step(.blockIP)])
        let waiting = Playbook(
            "p", triggers: [Trigger(severity: .exactly([.high]))], steps: [Step(.wait, parameters: ["duration": "1h"]), Step(.blockIP)])
        let bench = try Bench([waiting, quick], configuration: .init(maximumConcurrentRuns: 1), clock: ManualClock())
        let service = Task { try await bench.responder.run() }
        for index in 1...5 {
            _ = try await bench.responder.handle(anomaly(AnomalyID("w\(index)"), .bruteForceByAddress, .high, from: "198.51.100.\(index)"))
        }
        _ = try await bench.responder.handle(anomaly("q", .bruteForceByAddress, .low, from: "203.0.113.9"))
        try await eventually { bench.blocks("203.0.113.9") }
        #expect(!bench.blocks("198.51.100.1"))
        bench.clock.advance(by: .minutes(61))
        try await eventually {
            bench.clock.advance(by: .seconds(1))
            return (1...5).allSatisfy { bench.blocks("198.51.100.\($0)") }
        }
        service.cancel()
        try await service.value
    }

    @Test func `is passed by where its run is taken back`() async throws {
        let bench = try Bench([playbook("1h")], clock: ManualClock())
        let service = Task { try await bench.responder.run() }
        let run = try await bench.responder.handle(anomaly())[0]
        try await eventually { try await !bench.disk.journal(of: run).isEmpty }
        try await bench.responder.undo(.run(run), actor: "ann")
        try await eventually {
            bench.clock.advance(by: .seconds(1))
            return try await bench.disk.run(run)?.status == .undone
        }
        #expect(!bench.blocks("203.0.113.9"))
        service.cancel()
        try await service.value
    }
}
