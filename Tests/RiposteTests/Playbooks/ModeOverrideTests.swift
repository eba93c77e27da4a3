import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the mode that people give a playbook` {
    private func bench(
        mode: PlaybookMode = .enforce, disk: InMemoryStore = InMemoryStore(), clock: ManualClock = ManualClock(autoAdvances: true)
    ) throws -> Bench {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])
        return try Bench([playbook], configuration: .init(mode: mode), disk: disk, clock: clock)
    }

    private func modes(_ bench: Bench, _ number: Int) async throws -> [PlaybookMode] {
        let id = AnomalyID("a\(number)")
        let reports = try await bench.answer(anomaly(id, from: "198.51.100.\(number)", at: bench.clock.now()))
        var modes: [PlaybookMode] = []
        for report in reports { modes += try await bench.disk.run(report.runID).map { [$0.mode] } ?? [] }
        return modes
    }

    @Test func `counts from the next run on, over restarts, until it is as written again`() async throws {
        let first = try bench()
        #expect(try await modes(first, 1) == [.enforce])
        try await first.responder.setMode(.shadow, of: "p", actor: "ann", reason: "hits our office")
        #expect(try await modes(first, 2) == [.shadow])
        #expect(!first.blocks("198.51.100.2"))
        let second = try bench(disk: first.disk, clock: first.clock)
        #expect(try await modes(second, 3) == [.shadow])
        let entry = try #require(second.responder.modeOverrides["p"])
        #expect(entry.actor == "ann" && entry.reason == "hits our office")
        #expect(second.responder.guardReport.text.contains("playbook p is in the mode shadow, by ann at 2026-11-20T12:00:00Z: hits our"))
        try await second.responder.setMode(.off, of: "p", actor: "bob")
        #expect(try await modes(second, 4) == [])
        try await second.responder.setMode(nil, of: "p", actor: "ann")
        #expect(try await modes(second, 5) == [.enforce])
        #expect(second.responder.modeOverrides.inForce.isEmpty)
        #expect(second.responder.modeOverrides.history.map(\.actor) == ["ann", "bob", "ann"])
    }

    @Test func `binds runs by hand too`() async throws {
        let bench = try bench()
        try await bench.responder.setMode(.shadow, of: "p", actor: "ann")
        #expect(try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.9"]).steps.map(\.outcome.kind) == [.previewed])
    }

    @Test func `goes no higher than the configuration lets it`() async throws {
        let bench = try bench(mode: .shadow)
        let request = ControlRequest(
            id: "r", command: .setMode("p", .enforce, reason: ""), actor: "ann", createdAt: noon)
        #expect(
            try await bench.responder.answer(request)
                == .done("p is in the mode enforce; the setting “mode: shadow” keeps it in shadow", incident: nil))
        #expect(try await modes(bench, 1) == [.shadow])
    }

    @Test func `is seen by an engine that runs, where another process has written it`() async throws {
        let first = try bench()
        try await first.responder.recover()
        let other = try bench(disk: first.disk, clock: first.clock)
        try await other.responder.setMode(.off, of: "p", actor: "ann")
        try await first.responder.lookAtGuard()
        #expect(try await modes(first, 1) == [])
    }

    @Test func `is refused for a playbook that is not there, with the nearest that is`() async throws {
        let error = try await #require(throws: ResponderError.self) { try await bench().responder.setMode(.off, of: "q", actor: "ann") }
        #expect(error.code == .unknownPlaybook)
    }

    @Test func `keeps the last word on each playbook and a hundred words before`() {
        var overrides = ModeOverrides()
        overrides.add(.init(playbook: "first", mode: .off, actor: "ann", reason: "", at: noon))
        for number in 0..<300 {
            overrides.add(
                .init(playbook: "p", mode: number % 2 == 0 ? .off : .shadow, actor: "ann", reason: "", at: noon + .seconds(number)))
        }
        #expect(overrides.history.count == ModeOverrides.limit)
        #expect(overrides["first"]?.mode == .off && overrides["p"]?.mode == .shadow)
        #expect(overrides.json != .null && ModeOverrides(overrides.json) == overrides)
    }
}
