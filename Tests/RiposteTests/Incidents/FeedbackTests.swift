import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `feedback on an incident` {
    private let attack = anomaly("a", users: ["alice"])
    private let answer = Playbook(
        "answer", triggers: [Trigger()],
        steps: [
            Step(.blockIP, escalation: Escalation([.hours(1), .hours(4)])), Step(.lockAccount),
            Step(.notifyAdmin, parameters: ["channel": "slack"]),
        ])

    private func answered() async throws -> (bench: Bench, id: IncidentID) {
        let bench = try Bench([answer])
        try await bench.answer(attack)
        return (bench, try #require(try await bench.incidents.first).id)
    }

    private func incident(_ bench: Bench, _ id: IncidentID) async throws -> Incident { try #require(try await bench.disk.incident(id)) }

    // MARK: - A false positive

    @Test func `a false positive is taken back, forgotten, counted and over`() async throws {
        let (bench, id) = try await answered()
        _ = bench.responder.forgotten.take()
        let resolution = Resolution(note: "our scanner", verdict: .falsePositive, cause: "a wrong list", lessons: "list it")
        let report = try await bench.responder.resolve(id, as: resolution, actor: "ann")
        #expect(report.undo?.isDone == true)
        #expect(!bench.blocks("203.0.113.9"))
        #expect(!bench.locks("alice"))
        #expect(Set(bench.responder.forgotten.take().map(\.target)) == [target("203.0.113.9"), .user("alice")])
        let incident = try await incident(bench, id)
        #expect(incident.status == .resolved && incident.verdict == .falsePositive)
        #expect(incident.cause == "a wrong list" && incident.lessons == "list it")
        #expect(incident.history.last?.actor == "ann" && incident.history.last?.note == "false positive: our scanner")
        #expect(
            try await bench.effects().allSatisfy { $0.isFalsePositive == true && $0.note == "undone by ann: false positive: our scanner" })
        let text = try #require(report.text)
        #expect(text.contains("\(id) is a false positive") && text.contains("ban on 203.0.113.9: taken back"))
        #expect(text.contains("left alone until 2026-11-21T12:00:0") && text.contains(": 203.0.113.9, user:alice"))
        #expect(try await Set(bench.disk.allowlist().map(\.target)) == [target("203.0.113.9"), .user("alice")])
        #expect(text.contains("counted against brute_force.ip and the playbooks that answered"))
        let figures = try await ResponseReport(since: noon - .hours(1), until: noon + .hours(1), from: bench.disk)
        #expect(figures.all.falsePositives == 1)
        #expect(figures.detectors.map { "\($0.name) \($0.falsePositives)" } == ["brute_force.ip 1"])
        #expect(figures.playbooks.map { "\($0.name) \($0.falsePositives)" } == ["answer 1"])
    }

    @Test func `of a refused decision on everything it is said too, and lists nothing too wide`() async throws {
        let bench = try Bench()
        _ = try? await bench.responder.addDecision(target("0.0.0.0/0"), duration: nil, actor: "bob", reason: "")
        let id = try #require(try await bench.incidents.first?.id)
        let report = try await bench.responder.resolve(id, as: Resolution(verdict: .falsePositive), actor: "ann")
        #expect(report.change.incident.status == .resolved && report.allowed.isEmpty)
    }

    @Test func `a second time changes nothing more`() async throws {
        let (bench, id) = try await answered()
        let resolution = Resolution(note: "our scanner", verdict: .falsePositive)
        try await bench.responder.resolve(id, as: resolution, actor: "ann")
        let (incident, effects) = (try await incident(bench, id), try await bench.effects())
        let again = try await bench.responder.resolve(id, as: resolution, actor: "bob")
        #expect(again.text?.contains("was over already") == true)
        #expect(try await bench.disk.incident(id) == incident)
        #expect(try await bench.effects() == effects)
    }

    @Test func `the next answer to its target begins with the first duration again`() async throws {
        let (bench, id) = try await answered()
        try await bench.responder.resolve(id, as: Resolution(verdict: .falsePositive, allow: .zero), actor: "ann")
        try await bench.pass(.hours(2))
        try await bench.answer(anomaly("b", at: bench.clock.now()))
        let ban = try #require(try await bench.effects([.active]).first { $0.kind == .ban })
        #expect(ban.expiresAt == ban.createdAt + .hours(1))
    }

    @Test func `a stop at any call of the store is made good by doing it again`() async throws {
        let resolution = Resolution(verdict: .falsePositive)
        func run(_ call: Int?) async throws -> (bench: Bench, calls: Int) {
            let (first, id) = try await answered()
            try await first.disk.commit(
                WriteBatch([
                    .putRequest(
                        ControlRequest(
                            id: "r", command: .changeIncident(id, .resolve(resolution)), actor: "ann", createdAt: first.clock.now()))
                ]))
            let second = try Bench([answer], disk: first.disk, clock: first.clock, enforcer: first.enforcer)
            if let call { second.store.crash(at: call, when: call % 2 == 0 ? .before : .after) }
            try? await second.responder.answerOpenRequests()
            return (second, second.store.calls)
        }
        for call in 1...(try await run(nil).calls) {
            let (bench, _) = try await run(call)
            let next = try Bench([answer], disk: bench.disk, clock: bench.clock, enforcer: bench.enforcer)
            try await next.responder.answerOpenRequests()
            try await next.responder.drain()
            #expect(next.enforcer.inForce.isEmpty, "stopped at call \(call)")
            #expect(try await next.effects().allSatisfy { $0.state == .ended && $0.isFalsePositive == true }, "stopped at call \(call)")
            #expect(try await next.incidents.map(\.status) == [.resolved], "stopped at call \(call)")
        }
    }

    @Test func `its targets are left alone for as long as was said, and no longer`() async throws {
        let (bench, id) = try await answered()
        try await bench.responder.resolve(id, as: Resolution(verdict: .falsePositive, allow: .hours(3)), actor: "ann")
        try await bench.pass(.hours(2))
        try await bench.answer(anomaly("b", at: bench.clock.now()))
        #expect(!bench.blocks("203.0.113.9"))
        try await bench.pass(.hours(2))
        try await bench.answer(anomaly("c", at: bench.clock.now()))
        #expect(bench.blocks("203.0.113.9"))
    }

    @Test func `another verdict leaves what is in force`() async throws {
        let (bench, id) = try await answered()
        let report = try await bench.responder.resolve(id, as: Resolution(verdict: .truePositive, cause: "weak password"), actor: "ann")
        #expect(report.undo == nil)
        #expect(bench.blocks("203.0.113.9"))
        #expect(try await incident(bench, id).verdict == .truePositive)
    }

    // MARK: - The rest of its life

    @Test func `goes from open to closed and back, each move with actor, time and note`() async throws {
        let (bench, id) = try await answered()
        let responder = bench.responder
        let early = try await #require(throws: ResponderError.self) { try await responder.close(id, actor: "ann") }
        #expect(early.message.contains("resolve it first"))
        try await responder.acknowledge(id, actor: "ann")
        try await responder.assign(id, to: "bob", actor: "ann")
        try await responder.note(id, "a customer's office", actor: "bob")
        try await responder.resolve(id, as: Resolution(note: "quiet now", lessons: "keys only"), actor: "bob")
        bench.clock.advance(by: .hours(1))
        try await responder.close(id, actor: "eve", note: "reviewed")
        #expect(try await !responder.close(id, actor: "eve").isNew)
        try await responder.note(id, "written afterwards", actor: "eve")
        var incident = try await incident(bench, id)
        #expect(incident.status == .closed && incident.assignee == "bob" && incident.lessons == "keys only")
        #expect(incident.timeToResolve.map { $0 < .hours(1) } == true)
        #expect(incident.notes?.map(\.text) == ["assigned to bob", "a customer's office", "written afterwards"])
        let timeline = try #require(try await IncidentReport(id, from: bench.disk)).timeline.map { "\($0.actor): \($0.text)" }
        for entry in ["bob: a customer's office", "bob: resolved: quiet now", "eve: closed: reviewed"] { #expect(timeline.contains(entry)) }
        try await responder.reopen(id, actor: "eve", note: "it goes on")
        incident = try await self.incident(bench, id)
        #expect(incident.status == .reopened && incident.timeToResolve == nil)
        #expect(incident.history.suffix(3).map(\.to) == [.resolved, .closed, .reopened])
    }

    @Test func `an incident that was reopened is joined again, and not resolved at once by its quiet`() async throws {
        let (bench, id) = try await answered()
        try await bench.responder.resolve(id, as: Resolution(), actor: "ann")
        bench.clock.advance(by: .hours(30))
        try await bench.responder.reopen(id, actor: "ann")
        try await bench.responder.resolveQuietIncidents()
        #expect(try await incident(bench, id).status == .reopened)
        let other = try Bench([answer], disk: bench.disk, clock: bench.clock)
        try await other.responder.recover()
        #expect(other.responder.engine.book.read { $0.incidents[id] != nil })
    }

    @Test func `of an incident that is not there is an error`() async throws {
        let bench = try Bench()
        for change in [
            IncidentChange.assign("ann"), .note("x"), .close(note: ""), .reopen(note: ""), .resolve(Resolution(verdict: .falsePositive)),
        ] {
            let request = ControlRequest(id: "r", command: .changeIncident("inc-0", change), actor: "ann", createdAt: bench.clock.now())
            #expect(try await bench.responder.answer(request) == .refused("there is no incident inc-0"))
        }
    }

    @Test func `carries OCSF's verdicts`() {
        #expect(Incident.Verdict.allCases.map(\.ocsfID) == Array(1...10))
        #expect(Incident.Verdict.falsePositive.ocsfID == 1 && Incident.Verdict.truePositive.ocsfID == 2)
        #expect(Incident.Verdict.insufficientData.ocsfName == "Insufficient Data")
    }

    // MARK: - Ineffective

    @Test func `a ban that keeps nobody away opens its incident again, and those who were told are told once`() async throws {
        let (bench, id) = try await answered()
        try await bench.outbox.deliverDue()
        #expect(try await incident(bench, id).status == .contained)
        let since = try #require(try await bench.effects().first { $0.kind == .ban }?.activeSince)
        for second in [6, 70, 140] {
            let event = Event(
                time: since + .seconds(second), kind: .login, outcome: .failure, address: IPAddress("203.0.113.9"), user: "alice")
            await bench.responder.noteBreaches(by: [event])
            bench.clock.advance(by: .minutes(1))
        }
        let incident = try await incident(bench, id)
        #expect(incident.status == .reopened && incident.containedAt == nil)
        #expect(incident.history.last?.note == "the ban on 203.0.113.9 is in force and does not keep it away")
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.map(\.kind) == [.opened, .ineffective])
        // Another containment does not make it contained.
        try await bench.responder.runPlaybook("answer", context: ["user": "bob"], incident: id)
        #expect(try await self.incident(bench, id).status == .reopened)
        #expect(
            try #require(try await IncidentReport(id, from: bench.disk)).text.contains("contained  no: what was in force kept nobody away"))
    }
}
