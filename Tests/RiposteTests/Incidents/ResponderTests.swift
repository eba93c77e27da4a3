import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a responder` {
    private let attack = anomaly("a", users: ["alice"])
    private let block = Playbook("block", triggers: [Trigger()], steps: [Step(.blockIP)])

    // MARK: - Actions

    @Test func `takes an action as a type and as a closure after it was built`() async throws {
        struct Typed: SimpleAction {
            let name: ActionName = "typed"
            func execute(in context: ResponseContext) async throws -> ActionResult { .success("by a type") }
        }
        let bench = try Bench([Playbook("p", steps: [Step("typed"), Step("closed")])])
        #expect(bench.responder.check().map(\.level) == [.error, .error])
        try bench.responder.extend(Typed())
        try bench.responder.extend("closed", summary: "A closure.") { _ in .success("by a closure") }
        #expect(bench.responder.check().isEmpty)
        #expect(try await bench.responder.runPlaybook("p").steps.map(\.outcome.message) == ["by a type", "by a closure"])
        #expect(bench.responder.actions["closed"]?.documentation.summary == "A closure.")
    }

    @Test func `refuses a second action of the same name`() throws {
        let bench = try Bench()
        #expect(throws: DuplicateAction(name: .blockIP)) { try bench.responder.extend(.blockIP) { _ in .success("") } }
        #expect(throws: DuplicateAction.self) {
            try IncidentResponder(
                playbooks: [Playbook](), actions: [ClosureAction("a") { _ in .success("") }, ClosureAction("a") { _ in .success("") }])
        }
    }

    @Test func `does not start to run with a playbook that names an unknown action`() async throws {
        let bench = try Bench([Playbook("p", steps: [Step("blok_ip")])])
        let error = try await #require(throws: ResponderError.self) { try await bench.responder.run() }
        #expect(error.code == .invalidPlaybooks)
        #expect(error.findings.first?.suggestion == "did you mean “block_ip”?")
    }

    @Test func `lets a resumed run wait for an action that is not registered yet`() async throws {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step("mine"), Step(.blockIP)])
        let bench = try Bench([playbook])
        _ = try await bench.responder.handle(attack)  // and the process stops
        let next = try Bench(disk: bench.disk, clock: bench.clock)
        try await next.responder.drain()
        let run = try #require(try await next.disk.unfinishedRuns().first)
        #expect(try await next.disk.journal(of: run.id).isEmpty)
        try next.responder.extend("mine") { _ in .success("there now") }
        try await next.responder.drain()
        #expect(try await next.reports([run.id]).first?.story == ["mine succeeded", "block_ip 203.0.113.9 succeeded"])
    }

    // MARK: - Answers

    @Test func `drives all matching playbooks, by priority and then by slug`() async throws {
        let order = Keys()
        func playbook(_ slug: PlaybookSlug, _ priority: Int) -> Playbook {
            Playbook(slug, priority: priority, triggers: [Trigger()], steps: [Step("note")])
        }
        let bench = try Bench([playbook("b", 0), playbook("c", 9), playbook("a", 0)])
        try bench.responder.extend("note") { context in
            order.add(context["playbook"]?["slug"]?.string ?? "")
            return .success("")
        }
        #expect(try await bench.answer(attack).count == 3)
        #expect(order.all == ["c", "a", "b"])
    }

    @Test func `answers the second attack after the block of the first has ended`() async throws {
        let bench = try Bench([block])
        try await bench.answer(attack)
        #expect(try await bench.answer(anomaly("b", at: noon + .minutes(30))).isEmpty)
        try await bench.pass(.minutes(60))
        #expect(!bench.blocks("203.0.113.9"))
        let again = try await bench.answer(anomaly("c", at: noon + .minutes(60)))
        #expect(again.map(\.story) == [["block_ip 203.0.113.9 succeeded"]])
        #expect(bench.blocks("203.0.113.9"))
        #expect(try await bench.incidents.count == 1)
    }

    @Test func `answers a second attack at once after a person let the first go`() async throws {
        let bench = try Bench([block])
        try await bench.answer(attack)
        try await bench.responder.undo(bench.incidents[0].id, actor: "ann")
        #expect(try await bench.answer(anomaly("b")).count == 1)
    }

    @Test func `answers a higher severity inside a cooldown, and passes over what holds already`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step(.logEvent)])])
        try await bench.answer(anomaly("a", .bruteForceByAddress, .high))
        #expect(try await bench.answer(anomaly("b", .bruteForceByAddress, .high)).isEmpty)
        let worse = try await bench.answer(anomaly("c", .bruteForceByAddress, .critical))
        #expect(worse.map(\.story) == [["block_ip 203.0.113.9 passedOver", "log_event succeeded"]])
    }

    @Test func `answers attacker B while A cools down`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], cooldown: .hours(5), steps: [Step(.logEvent)])])
        #expect(try await bench.answer(anomaly("a")).count == 1)
        #expect(try await bench.answer(anomaly("b")).isEmpty)
        #expect(try await bench.answer(anomaly("c", from: "198.51.100.7")).count == 1)
    }

    @Test func `blocks three attackers of one second`() async throws {
        let bench = try Bench([block])
        let attackers = ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
        let anomalies = attackers.map { anomaly(AnomalyID($0), from: $0) }
        try await bench.responder.ingest(anomalies, from: nil)
        try await bench.responder.drain()
        #expect(bench.enforcer.inForce.map(\.target.value) == attackers)
        #expect(try await bench.incidents.count == 3)
    }

    @Test func `carries a step out once for each of its targets`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.lockAccount)])])
        let report = try #require(try await bench.answer(anomaly("a", users: ["alice", "bob"])).first)
        #expect(report.story == ["lock_account alice succeeded", "lock_account bob succeeded"])
    }

    @Test func `fails a step that needs a target where there is none, and never takes it for all`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step(.lockAccount)])])
        let report = try #require(try await bench.answer(anomaly("a", from: nil)).first)
        #expect(report.story == ["block_ip failed", "lock_account failed"])
        #expect(try await bench.effects().isEmpty)
    }

    @Test func `gives a target that joins late its step`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step(.lockAccount)])])
        try await bench.answer(anomaly("a", users: ["alice"]))
        let late = try await bench.answer(anomaly("b", users: ["alice", "bob"]))
        #expect(late.map(\.story) == [["block_ip 203.0.113.9 passedOver", "lock_account alice passedOver", "lock_account bob succeeded"]])
        #expect(try await bench.incidents.count == 1)
    }

    @Test func `ignores an anomaly that it knows, over a restart too`() async throws {
        let bench = try Bench([block])
        try await bench.answer(attack)
        try await bench.pass(.hours(2))
        #expect(try await bench.answer(attack).isEmpty)
        let next = try Bench([block], disk: bench.disk, clock: bench.clock)
        #expect(try await next.answer(attack).isEmpty)
        #expect(try await next.incidents.map(\.anomalyCount) == [1])
    }

    @Test func `ignores an anomaly whose incident is long resolved`() async throws {
        let bench = try Bench([block])
        try await bench.answer(attack)
        try await bench.pass(.hours(30))
        try await bench.responder.resolveQuietIncidents()
        #expect(try await bench.incidents.map(\.status) == [.resolved])
        #expect(try await bench.answer(attack).isEmpty)
        #expect(try await bench.incidents.map(\.status) == [.resolved])
        #expect(try await bench.disk.unfinishedRuns().isEmpty)
    }

    @Test func `ignores an anomaly of a later time than its start whose incident is over, there and after a restart`() async throws {
        let late = anomaly("ano-2", at: noon + .hours(50))
        let bench = try Bench([block])
        try await bench.answer(late)
        _ = try await bench.responder.resolve(try #require(try await bench.incidents.first).id, actor: "ann")
        #expect(try await bench.answer(late).isEmpty)
        var grown = late
        grown.last = late.last + .minutes(20)
        #expect(try await bench.answer(grown).isEmpty, "the same finding, some events later")
        let next = try Bench([block], disk: bench.disk, clock: bench.clock)
        #expect(try await next.answer(late).isEmpty)
        #expect(try await bench.incidents.map(\.status) == [.resolved])
    }

    // MARK: - Shadow and off

    @Test func `in shadow touches nothing, and says what it would have done`() async throws {
        var shadow = Playbook.bruteForceResponse
        shadow.mode = .shadow
        let bench = try Bench([shadow])
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps.map(\.outcome.kind) == [.previewed, .previewed, .previewed])
        #expect(report.steps.first?.outcome.message == "would ban 203.0.113.9 until 2026-11-20T13:00:00Z")
        #expect(bench.enforcer.inForce.isEmpty)
        #expect(!bench.locks("alice"))
        #expect(try await bench.disk.openOutboxItems().isEmpty)
        #expect(try await bench.effects().isEmpty)
    }

    @Test func `in shadow uses no cooldown up`() async throws {
        var shadow = block
        shadow.mode = .shadow
        let bench = try Bench([shadow])
        try await bench.answer(attack)
        try bench.responder.replacePlaybooks([LocatedPlaybook(playbook: block)])
        #expect(try await bench.answer(anomaly("b")).map(\.story) == [["block_ip 203.0.113.9 succeeded"]])
    }

    @Test func `that is switched off records incidents, starts nothing, and runs by hand`() async throws {
        let bench = try Bench([block], configuration: .init(isEnabled: false))
        #expect(try await bench.answer(attack).isEmpty)
        let incident = try #require(try await bench.incidents.first)
        #expect(incident.anomalyCount == 1 && incident.status == .open)
        let report = try await bench.responder.runPlaybook("block", context: ["ip": "203.0.113.9"], incident: incident.id)
        #expect(report.incidentID == incident.id)
        #expect(report.status == .succeeded)
        #expect(try await bench.incidents.map(\.status) == [.contained])
    }

    @Test func `runs a disabled playbook, and one that is off, by hand`() async throws {
        let bench = try Bench([
            Playbook("disabled", isEnabled: false, triggers: [Trigger()], steps: [Step(.blockIP)]),
            Playbook("off", mode: .off, triggers: [Trigger()], steps: [Step(.blockIP)]),
        ])
        #expect(try await bench.answer(attack).isEmpty)
        #expect(try await bench.responder.runPlaybook("disabled", context: ["ip": "203.0.113.9"]).status == .succeeded)
        #expect(try await bench.responder.runPlaybook("off", context: ["ip": "203.0.113.10"]).status == .succeeded)
    }

    // MARK: - By hand

    @Test func `suggests the slug that was meant`() async throws {
        let bench = try Bench([block])
        let error = try await #require(throws: ResponderError.self) { try await bench.responder.runPlaybook("blok") }
        #expect(error.message == "there is no playbook “blok”; did you mean “block”?")
        #expect(try await bench.incidents.isEmpty)
    }

    @Test func `refuses a context whose address is none`() async throws {
        let bench = try Bench([block])
        let error = try await #require(throws: ResponderError.self) {
            try await bench.responder.runPlaybook("block", context: ["ip": "anywhere"])
        }
        #expect(error.code == .invalidTarget)
    }

    @Test func `stores the attributes of an account that were declared, and no others`() async throws {
        struct Customer: AccountRefConvertible {
            var accountRef: AccountRef {
                AccountRef(id: "alice", attributes: ["stripe_customer_id": "cus_1", "email": "alice@example.com"])
            }
        }
        let bench = try Bench(
            [Playbook("p", steps: [Step("look")])], configuration: .init(accountAttributes: ["stripe_customer_id"]))
        try bench.responder.extend("look") { context in
            .success(
                "\(context[.user]?.attributes["stripe_customer_id"]?.string ?? "-") \(context[.user]?.attributes["email"]?.string ?? "-")")
        }
        let report = try await bench.responder.runPlaybook("p", context: ["user": Customer()])
        #expect(report.steps.first?.outcome.message == "cus_1 -")
        let run = try #require(try await bench.disk.run(report.runID))
        #expect(run.context["user"] == ["id": "alice", "stripe_customer_id": "cus_1"])
        #expect(!(try RecordCoding.text(of: run)).contains("alice@example.com"))
    }

    @Test func `does not call in force what has run out while nobody was there to write it down`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])])
        let id = try #require(try await bench.answer(anomaly()).first?.incidentID)
        func inForce(after minutes: Int) async throws -> String {
            let report = try #require(try await IncidentReport(id, from: bench.disk, asOf: bench.clock.now() + .minutes(minutes)))
            return try #require(report.summaryText.components(after: "In force"))
        }
        #expect(try await inForce(after: 59).contains("ban on 203.0.113.9"))
        #expect(try await inForce(after: 61) == "\n  nothing")
    }

    @Test func `puts a ban in force by hand, and takes it away`() async throws {
        let bench = try Bench()
        let report = try await bench.responder.addDecision(target("203.0.113.0/24"), duration: .hours(2), actor: "ann", reason: "scanner")
        #expect(report.status == .succeeded)
        #expect(bench.blocks("203.0.113.200"))
        #expect(try await bench.incidents.first?.openedBy == "ann")
        let ended = try await bench.responder.removeDecisions(on: target("203.0.113.0/24"), actor: "bob")
        #expect(ended.map(\.state) == [.ended])
        #expect(!bench.blocks("203.0.113.200"))
    }

    @Test func `answers a request of another process once, however often it is asked`() async throws {
        let bench = try Bench([block])
        let request = ControlRequest(
            id: "req-1", command: .runPlaybook("block", context: ["ip": "203.0.113.9"], reason: "by the command line"), actor: "ann",
            createdAt: noon)
        try await bench.disk.commit(WriteBatch([.putRequest(request)]))
        try await bench.responder.answerOpenRequests()
        let first = try #require(try await bench.disk.request("req-1")?.answer)
        guard case .done(let text, let incident) = first else { throw ResponderError(.notAvailable, "\(first)") }
        #expect(text.hasSuffix("block_ip 203.0.113.9: succeeded: banned 203.0.113.9 until 2026-11-20T13:00:00Z"))
        #expect(try await bench.disk.openRequests().isEmpty)
        #expect(try await bench.responder.answer(request) == first)
        #expect(try await bench.disk.runs(of: incident ?? "").count == 1)
    }

    @Test func `refuses what cannot be done for another process in words`() async throws {
        let bench = try Bench([block])
        func answer(_ command: ControlRequest.Command) async throws -> ControlRequest.Answer {
            try await bench.responder.answer(ControlRequest(id: "req", command: command, actor: "ann", createdAt: noon))
        }
        #expect(
            try await answer(.runPlaybook("blok", context: [:], reason: ""))
                == .refused("there is no playbook “blok”; did you mean “block”?"))
        #expect(try await answer(.undo(.incident("inc-0"), reason: "")) == .refused("there is no incident inc-0"))
        #expect(
            try await answer(.removeDecision(target("203.0.113.9"), reason: ""))
                == .done("no decision on 203.0.113.9 is in force", incident: nil))
        let lock = try await answer(.addDecision(.user("alice"), type: .ban, durationSeconds: nil, reason: ""))
        #expect(lock == .refused("a decision is about an address (203.0.113.9) or a network (203.0.113.0/24), not user:alice"))
    }

    @Test func `answers nothing while the store cannot be written, and does it when it can`() async throws {
        let bench = try Bench([block])
        let request = ControlRequest(
            id: "req-1", command: .addDecision(target("203.0.113.9"), type: .ban, durationSeconds: 60, reason: ""), actor: "ann",
            createdAt: noon)
        try await bench.disk.commit(WriteBatch([.putRequest(request)]))
        try await bench.responder.recover()
        bench.store.failing(true)
        await #expect(throws: StoreError.self) { try await bench.responder.answer(request) }
        bench.store.failing(false)
        try await bench.responder.answerOpenRequests()
        guard case .done = try await bench.disk.request("req-1")?.answer else { throw ResponderError(.notAvailable, "not done") }
        #expect(bench.blocks("203.0.113.9"))
    }

    // MARK: - Incidents

    @Test func `resolves an incident that is quiet for a day and holds nothing`() async throws {
        let bench = try Bench([block])
        try await bench.answer(attack)
        #expect(try await bench.incidents.map(\.status) == [.contained])
        #expect(try await bench.incidents[0].timeToContain == .zero)
        try await bench.pass(.hours(23))
        try await bench.responder.resolveQuietIncidents()
        #expect(try await bench.incidents.map(\.status) == [.contained])
        try await bench.pass(.hours(1))
        try await bench.responder.resolveQuietIncidents()
        #expect(try await bench.incidents.map(\.status) == [.resolved])
        #expect(try await bench.incidents[0].history.map(\.to) == [.open, .contained, .resolved])
    }

    @Test func `writes once that an incident is resolved, however often that failed`() async throws {
        let bench = try Bench([block])
        try await bench.answer(attack)
        try await bench.pass(.hours(24))
        bench.store.failing(true)
        for _ in 0..<3 { await #expect(throws: StoreError.self) { try await bench.responder.resolveQuietIncidents() } }
        bench.store.failing(false)
        try await bench.responder.resolveQuietIncidents()
        #expect(try await bench.incidents[0].history.map(\.to) == [.open, .contained, .resolved])
    }

    @Test func `keeps an incident open that still holds something`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP, parameters: ["permanent": true])])])
        try await bench.answer(attack)
        try await bench.pass(.hours(48))
        try await bench.responder.resolveQuietIncidents()
        #expect(try await bench.incidents.map(\.status) == [.contained])
    }

    @Test func `loses no change to an incident where an anomaly joins while a run contains it`() async throws {
        let bench = try Bench([block])
        let joined = anomaly("b", .credentialStuffing, .medium, users: ["bob"])
        // The second anomaly is on its way to the disk while the run of the first puts its block in force.
        let slow = SlowStore(bench.disk)
        let other = try IncidentResponder(
            playbooks: [block], actions: [BlockIP(decisions: bench.board)], store: slow, decisions: bench.board, clock: bench.clock,
            logger: Bench.quiet)
        _ = try await other.handle(attack)
        slow.hold(where: { $0.contains { if case .addAnomaly = $0 { true } else { false } } })
        let ingest = Task { try await other.handle(joined) }
        await slow.isHolding.wait()
        try await other.drain()
        slow.release.set()
        _ = try await ingest.value
        let incident = try #require(try await bench.incidents.first)
        #expect(incident.status == .contained)
        #expect(incident.containedAt != nil)
        #expect(incident.anomalyCount == 2)
        #expect(incident.targets.users == ["alice", "bob"])
    }

    @Test func `takes an anomaly in that could not be written, as if for the first time`() async throws {
        let bench = try Bench([block])
        bench.store.failing(true)
        await #expect(throws: StoreError.self) { try await bench.responder.handle(attack) }
        bench.store.failing(false)
        #expect(try await bench.answer(attack).count == 1)
        bench.store.failing(true)
        await #expect(throws: StoreError.self) { try await bench.responder.handle(anomaly("b", users: ["bob"])) }
        bench.store.failing(false)
        #expect(try await bench.answer(anomaly("b", users: ["bob"])).count == 1)
        #expect(try await bench.incidents.map(\.anomalyCount) == [2])
        #expect(bench.blocks("203.0.113.9"))
    }
}

extension String {
    fileprivate func components(after mark: String) -> String? { firstRange(of: mark).map { String(self[$0.upperBound...]) } }
}
