import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the report of how attacks were answered` {
    private func incident(_ number: Int, _ detector: DetectorName, opened: Duration, contained: Duration? = nil) -> Incident {
        let time = noon + opened
        var incident = Incident(
            id: IncidentID("inc-\(number)"), title: "t", severity: .high, targets: TargetSet(), detectors: [detector], openedAt: time,
            firstEventAt: time - .seconds(number), lastEventAt: time)
        incident.containedAt = contained.map { time + $0 }
        return incident
    }

    @Test func `counts incidents, false positives and times by detector, playbook and day`() {
        var records: [ResponseReport.Record] = []
        for number in 1...10 {
            let opened = Duration.hours(number * 5)
            var incident = incident(number, number <= 4 ? "a" : "b", opened: opened, contained: .seconds(number * 10))
            if number <= 3 {
                incident.verdict = .falsePositive
                incident.move(to: .resolved, at: noon + opened + .minutes(number), actor: "ann", note: "")
            }
            records.append(ResponseReport.Record(incident: incident, playbooks: number == 1 ? ["p", "q"] : ["p"]))
        }
        let report = ResponseReport(records, effects: [], since: noon, until: noon + .hours(72))
        #expect(report.all.incidents == 10 && report.all.falsePositives == 3 && report.all.live == 7)
        #expect(report.all.falsePositiveShare == 0.3)
        #expect(report.all.detect == ResponseReport.Spread((1...10).map { .seconds($0) }))
        #expect(report.all.detect?.median == .seconds(5) && report.all.detect?.ninetieth == .seconds(9))
        #expect(report.all.contain?.median == .seconds(50))
        #expect(report.all.resolve?.count == 3 && report.all.resolve?.median == .minutes(2))
        #expect(report.all.acknowledge == nil)
        #expect(report.detectors.map { "\($0.name) \($0.incidents) \($0.falsePositives)" } == ["b 6 0", "a 4 3"])
        #expect(report.playbooks.map { "\($0.name) \($0.incidents) \($0.falsePositives)" } == ["p 10 3", "q 1 1"])
        #expect(
            report.periods.map { "\($0.name) \($0.incidents)" } == [
                "2026-11-20T12:00:00Z 4", "2026-11-21T12:00:00Z 5", "2026-11-22T12:00:00Z 1",
            ])
    }

    @Test func `takes weeks where there are more than 31 days, and says nothing of what there is not`() {
        let records = [0, 8, 40].map { ResponseReport.Record(incident: incident($0, "a", opened: .hours(24 * $0)), playbooks: []) }
        let report = ResponseReport(records, effects: [], since: noon, until: noon + .hours(24 * 60))
        #expect(report.periods.map(\.incidents) == [1, 1, 1])
        #expect(report.periods.map(\.name) == ["2026-11-20T12:00:00Z", "2026-11-27T12:00:00Z", "2026-12-25T12:00:00Z"])
        let empty = ResponseReport([], effects: [], since: noon, until: noon)
        #expect(empty.all.falsePositiveShare == nil && empty.all.detect == nil && empty.periods.isEmpty)
    }

    @Test func `says what has become of the effects, from the store`() async throws {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step(.lockAccount), Step("hold")])
        let bench = try Bench([playbook], actions: { world, _ in [WorldAction(in: world)] })
        try await bench.answer(anomaly("a", users: ["alice"]))
        let effects = try await bench.effects()
        let hold = try #require(effects.first { $0.action == "hold" })
        bench.world.forget(hold)
        try await bench.responder.watch.look()
        try await bench.responder.undo(.effect(try #require(effects.first { $0.kind == .accountLock }).id), actor: "ann")
        let since = try #require(effects.first { $0.kind == .ban }?.activeSince)
        await bench.responder.noteBreaches(by: [
            Event(time: since + .seconds(9), kind: .login, outcome: .failure, address: IPAddress("203.0.113.9"))
        ])
        let counts = try await ResponseReport(since: noon, until: noon + .hours(1), from: bench.disk).effects
        #expect(counts.inForce == 2 && counts.takenBack == 1 && counts.ineffective == 1 && counts.drifted == 1 && counts.expired == 0)
        #expect(try await ResponseReport(since: noon + .hours(1), until: noon + .hours(2), from: bench.disk).effects.inForce == 0)
    }
}
