import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a run that asks people` {
    private func bench(
        _ playbook: Playbook, mode: PlaybookMode = .enforce, approvals: ApprovalSettings = ApprovalSettings(),
        clock: ManualClock = ManualClock(autoAdvances: true), disk: InMemoryStore = InMemoryStore(), world: World = World()
    ) throws -> Bench {
        try Bench(
            [playbook], actions: { world, _ in [WorldAction(in: world)] },
            configuration: .init(mode: mode, approvals: approvals), disk: disk, clock: clock, world: world)
    }

    private let asking = Playbook(
        "careful", mode: .approve, triggers: [Trigger()],
        steps: [Step(.logEvent), Step(.blockIP), Step(.notifyAdmin, parameters: ["channel": "slack"]), Step(.lockAccount)])

    private func pending(_ bench: Bench) async throws -> [Approval] { Approval.byUrgency(try await bench.disk.approvals(.pending)) }

    private let attack = anomaly("a", users: ["alice"])

    @Test func `in the mode approve tells, asks once before it touches anything, and acts when it is let through`() async throws {
        let bench = try bench(asking)
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.story == ["log_event succeeded"])
        #expect(report.status == .running)
        #expect(!bench.blocks("203.0.113.9"))
        let approval = try #require(try await pending(bench).first)
        #expect(report.waitingFor == approval.id)
        #expect(approval.action == nil && approval.severity == .high && approval.runCount == 1 && approval.proposalCount == 2)
        #expect(approval.proposals.count == 2)
        #expect(approval.proposals[0].hasPrefix("block_ip 203.0.113.9: would ban 203.0.113.9 until"))
        #expect(approval.proposals[1].hasPrefix("lock_account user:alice: alice would be locked until"))
        #expect(try await bench.disk.run(report.runID)?.waitingFor == approval.id)

        let answer = try await bench.responder.answer(approval.id, .grant, actor: "ann", reason: "go")
        #expect(answer.result == .decided)
        try await bench.responder.drain()
        let after = try #require(try await bench.reports([report.runID]).first)
        #expect(after.status == .succeeded && after.waitingFor == nil)
        #expect(after.steps.map(\.action) == [.logEvent, .blockIP, .notifyAdmin, .lockAccount])
        #expect(bench.blocks("203.0.113.9"))
        #expect(try await bench.disk.run(report.runID)?.waitingFor == nil)
        let text = try #require(try await IncidentReport(report.incidentID, from: bench.disk)).text
        #expect(text.contains("\(approval.id) granted: go  [ann]"))
    }

    @Test func `does nothing that it was denied, goes on telling, and says who and why`() async throws {
        let bench = try bench(asking)
        let report = try #require(try await bench.answer(attack).first)
        let approval = try #require(try await pending(bench).first)
        try await bench.responder.answer(approval.id, .deny, actor: "ann", reason: "our scanner")
        try await bench.responder.drain()
        let after = try #require(try await bench.reports([report.runID]).first)
        #expect(after.status == .denied)
        #expect(
            after.story == ["log_event succeeded", "block_ip 203.0.113.9 denied", "notify_admin succeeded", "lock_account alice denied"])
        #expect(after.outcome(of: .blockIP)?.message == "denied by ann: our scanner")
        #expect(!bench.blocks("203.0.113.9"))
        #expect(try await bench.effects().isEmpty)
    }

    @Test func `does nothing where nobody answers in time, and a late answer changes nothing`() async throws {
        let bench = try bench(asking, approvals: ApprovalSettings(policy: ApprovalPolicy(timeout: .minutes(20))))
        let report = try #require(try await bench.answer(attack).first)
        let approval = try #require(try await pending(bench).first)
        try await bench.pass(.minutes(19))
        #expect(try await pending(bench).count == 1)
        try await bench.pass(.minutes(1))
        let after = try #require(try await bench.reports([report.runID]).first)
        #expect(after.status == .denied)
        #expect(after.outcome(of: .blockIP)?.message == "not let through by anybody within 20m")
        #expect(try await bench.responder.answer(approval.id, .grant, actor: "ann").result == .late)
        try await bench.responder.drain()
        #expect(!bench.blocks("203.0.113.9"))
    }

    @Test func `is not late because people take their time: its deadline waits with it`() async throws {
        var slow = asking
        slow.deadline = .minutes(10)
        slow.approvals = ApprovalPolicy(timeout: .hours(5))
        let bench = try bench(slow)
        let report = try #require(try await bench.answer(attack).first)
        try await bench.pass(.hours(4))
        let approval = try #require(try await pending(bench).first)
        try await bench.responder.answer(approval.id, .grant, actor: "ann")
        try await bench.responder.drain()
        #expect(try await bench.reports([report.runID]).first?.status == .succeeded)
    }

    @Test func `is let through once, whoever clicks at the same moment`() async throws {
        for _ in 0..<20 {
            let bench = try bench(asking)
            let report = try #require(try await bench.answer(attack).first)
            let id = try #require(try await pending(bench).first?.id)
            let results = try await withThrowingTaskGroup(of: (Approval.VoteResult, Vote.Decision).self) { group in
                for number in 0..<8 {
                    let decision: Vote.Decision = number % 2 == 0 ? .grant : .deny
                    group.addTask { (try await bench.responder.answer(id, decision, actor: "person \(number)").result, decision) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { $0.0 == .decided } == 1)
            #expect(results.count { $0.0 == .late } == 7)
            try await bench.responder.drain()
            let winner = results.first { $0.0 == .decided }?.1
            #expect(bench.blocks("203.0.113.9") == (winner == .grant))
            #expect(try await bench.disk.approval(id)?.state == (winner == .grant ? .granted : .denied))
            let intents = try await bench.disk.journal(of: report.runID).count {
                if case .intent(let path, _) = $0.record { path.index == 1 } else { false }
            }
            #expect(intents == (winner == .grant ? 1 : 0))
        }
    }

    @Test func `asks at the step that says so, once for all its targets, and acts before and after it`() async throws {
        let playbook = Playbook(
            "p", triggers: [Trigger()], steps: [Step(.blockIP), Step("hold", approval: ApprovalPolicy()), Step(.lockAccount)])
        let bench = try bench(playbook)
        var wide = attack
        wide.targets.addresses.append(AddressRange("203.0.113.10")!)
        let report = try #require(try await bench.answer(wide).first)
        #expect(report.story == ["block_ip 203.0.113.9 succeeded", "block_ip 203.0.113.10 succeeded"])
        let approvals = try await pending(bench)
        #expect(approvals.map(\.action) == ["hold"])
        #expect(
            approvals.first?.proposals == [
                "hold 203.0.113.9: would hold 203.0.113.9", "hold 203.0.113.10: would hold 203.0.113.10",
            ])
        #expect(approvals.first?.reasons == ["the step “hold” asks"])
        try await bench.responder.answer(approvals[0].id, .deny, actor: "ann")
        try await bench.responder.drain()
        let after = try #require(try await bench.reports([report.runID]).first)
        #expect(after.story.suffix(3) == ["hold 203.0.113.9 denied", "hold 203.0.113.10 denied", "lock_account alice succeeded"])
        #expect(after.status == .partial)
        #expect(bench.world.held.isEmpty)
    }

    @Test func `ends as denied where the playbook aborts`() async throws {
        let playbook = Playbook(
            "p", triggers: [Trigger()], onError: .abort, steps: [Step("hold", approval: ApprovalPolicy()), Step(.blockIP)])
        let bench = try bench(playbook)
        let report = try #require(try await bench.answer(attack).first)
        try await bench.responder.answer(try await pending(bench)[0].id, .deny, actor: "ann")
        try await bench.responder.drain()
        let after = try #require(try await bench.reports([report.runID]).first)
        #expect(after.status == .denied && after.story == ["hold 203.0.113.9 denied"])
    }

    @Test func `with four eyes is not let through by who has asked for it`() async throws {
        var playbook = asking
        playbook.approvals = ApprovalPolicy(hasFourEyes: true)
        let bench = try bench(playbook)
        let report = try await bench.responder.runPlaybook("careful", context: ["ip": "203.0.113.7"], actor: "ann")
        let id = try #require(report.waitingFor)
        guard case .turnedAway(let why) = try await bench.responder.answer(id, .grant, actor: "ann").result else {
            Issue.record("ann let her own run through")
            return
        }
        #expect(why.contains("somebody else has to grant it"))
        #expect(try await bench.disk.approval(id)?.turnedAway.map(\.actor) == ["ann"])
        #expect(try await bench.responder.answer(id, .grant, actor: "bob").result == .decided)
        try await bench.responder.drain()
        #expect(bench.blocks("203.0.113.7"))
    }

    @Test func `asks again those who have a role now`() async throws {
        let settings = ApprovalSettings(policy: ApprovalPolicy(approvers: ["security"]), roles: ["security": ["ann"]])
        let first = try bench(asking, approvals: settings)
        try await first.answer(attack)
        let id = try #require(try await pending(first).first?.id)
        guard case .turnedAway = try await first.responder.answer(id, .grant, actor: "bob").result else {
            Issue.record("bob has no role yet")
            return
        }
        var later = settings
        later.roles["security"] = ["bob"]
        let second = try bench(asking, approvals: later, clock: first.clock, disk: first.disk)
        #expect(try await second.responder.answer(id, .grant, actor: "bob").result == .decided)
        try await second.responder.drain()
        #expect(second.blocks("203.0.113.9"))
    }

    @Test func `is told through the channels that are named, with what to type`() async throws {
        let bench = try bench(asking)
        try await bench.answer(attack)
        try await bench.outbox.deliverDue()
        let id = try #require(try await pending(bench).first?.id)
        let told = try #require(bench.slack.delivered.first)
        #expect(bench.slack.delivered.count == 1)
        #expect(told.title == "Approval needed (high): playbook careful")
        #expect(told.body.contains("riposte approval grant \(id)") && told.body.contains("riposte approval deny \(id)"))
        #expect(told.body.contains("block_ip 203.0.113.9: would ban"))

        var elsewhere = asking
        elsewhere.approvals = ApprovalPolicy(channels: ["pager"])
        let quiet = try self.bench(elsewhere)
        try await quiet.answer(attack)
        try await quiet.outbox.deliverDue()
        #expect(quiet.slack.delivered.isEmpty)
    }

    @Test func `is still told of the incident itself where it was asked about that before`() async throws {
        let playbook = Playbook("p", mode: .approve, triggers: [Trigger()], steps: [Step(.blockIP), Step(.notifyAdmin)])
        let bench = try bench(playbook)
        let report = try #require(try await bench.answer(attack).first)
        try await bench.responder.answer(try #require(report.waitingFor), .grant, actor: "ann")
        try await bench.responder.drain()
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.count == 2)
    }

    @Test func `does not ask about what is refused anyway`() async throws {
        let bench = try Bench(
            [Playbook("p", mode: .approve, triggers: [Trigger()], steps: [Step(.blockIP)])],
            configuration: .init(protected: ProtectedTargets(networks: [AddressRange("203.0.113.0/24")!])))
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.story == ["block_ip 203.0.113.9 refused"])
        #expect(try await pending(bench).isEmpty)
    }

    @Test func `is not asked again at once where it was denied`() async throws {
        let bench = try bench(asking)
        let report = try #require(try await bench.answer(attack).first)
        try await bench.pass(.minutes(40))
        try await bench.responder.answer(try #require(report.waitingFor), .deny, actor: "ann")
        try await bench.responder.drain()
        #expect(try await bench.answer(anomaly("b", users: ["alice"], at: noon + .minutes(41))).isEmpty)
        try await bench.pass(.minutes(10))
        #expect(try await bench.answer(anomaly("c", users: ["alice"], at: noon + .minutes(51))).count == 1)
    }

    @Test func `holds up none of the others`() async throws {
        let bench = try Bench(
            [asking, Playbook("quick", steps: [Step(.blockIP)])], configuration: .init(maximumConcurrentRuns: 2))
        let service = Task { try await bench.responder.run() }
        for number in 1...10 { _ = try await bench.responder.handle(anomaly(AnomalyID("a\(number)"), from: "198.51.100.\(number)")) }
        try await eventually { try await bench.disk.approvals(.pending).first?.runCount == 10 }
        #expect(try await bench.responder.runPlaybook("quick", context: ["ip": "203.0.113.7"]).status == .succeeded)
        service.cancel()
        _ = try? await service.value
    }
}

@Suite struct `a hold of the guard` {
    private let targets = (1...3).map { Target.address(AddressRange("203.0.113.\($0)")!) }

    /// A run with a step for each target, expanded.
    private func driver(_ bench: Bench) async throws -> RunDriver {
        let playbook = Playbook("p", steps: [Step(.blockIP)])
        let incident = Incident(opening: anomaly(), at: noon)
        let set = TargetSet(addresses: targets.compactMap { if case .address(let range) = $0 { range } else { nil } })
        let run = PlaybookRun(manual: playbook, in: incident, targets: set, context: [:], actor: "ann", reason: "", episode: 1, at: noon)
        try await bench.disk.commit(WriteBatch([.putIncident(incident), .putRun(run)]))
        try await bench.responder.recover()
        var driver = RunDriver(run, isResumed: false, engine: bench.responder.engine)
        driver.machine.expanded(0, into: targets.map { StepPath(0, $0) })
        return driver
    }

    @Test func `lets the other targets go first and asks about all that it holds at once`() async throws {
        let bench = try Bench()
        var driver = try await driver(bench)
        let paths = targets.map { StepPath(0, $0) }
        try await driver.hold(paths[0], because: "budget")
        #expect(driver.machine.next(now: noon) == .start(paths[1], attempt: 1))
        driver.conclude(paths[1], StepOutcome(.succeeded, "", startedAt: noon, endedAt: noon))
        try await driver.hold(paths[2], because: "budget")
        #expect(try await bench.disk.approvals(.pending).count == 1)
        let approval = try await bench.disk.approvals(.pending)[0]
        #expect(driver.machine.next(now: noon) == .hold(approval.id))
        #expect(Set(approval.targets) == [targets[0], targets[2]])
        #expect(approval.reasons == ["budget"] && approval.action == .blockIP)
        try await bench.responder.answer(approval.id, .grant, actor: "bob")
        #expect(try await driver.goOn(after: approval.id))
        #expect(driver.isApproved(paths[0]) && !driver.isApproved(paths[1]) && driver.isApproved(paths[2]))
    }
}
