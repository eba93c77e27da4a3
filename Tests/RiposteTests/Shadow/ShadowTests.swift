import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a playbook in shadow` {
    private let playbook = Playbook(
        "watch", mode: .shadow, triggers: [Trigger()],
        steps: [Step(.blockIP), Step(.lockAccount, parameters: ["duration_minutes": 30]), Step(.logEvent)])

    private func success(_ user: String, from address: String, at time: Timestamp) -> Event {
        Event(time: time, kind: .login, outcome: .success, address: IPAddress(address), user: user)
    }

    private func report(_ bench: Bench) async throws -> Counterfactual {
        try await bench.responder.writeShadows()
        return Counterfactual(try await bench.disk.shadowEffects(since: .distantPast))
    }

    @Test func `touches nothing and tells whom it would have hit`() async throws {
        let bench = try Bench([playbook])
        let run = try #require(try await bench.answer(anomaly("a", users: ["alice"])).first)
        #expect(run.story == ["block_ip 203.0.113.9 previewed", "lock_account alice previewed", "log_event previewed"])
        #expect(try await bench.effects().isEmpty && bench.log.lines.isEmpty && !bench.blocks("203.0.113.9"))
        let report = try await report(bench)
        #expect(
            report.totals.map(\.sentence) == [
                "1 address would have been blocked, none of them signed in successfully later",
                "1 account would have been locked, none of them signed in successfully later",
            ])
        #expect(
            report.effects.map(\.until) == [noon + .minutes(60), noon + .minutes(30)]
                || report.effects.map(\.until) == [noon + .minutes(30), noon + .minutes(60)])
    }

    @Test func `counts who signs in later, and whether it would have hindered them`() async throws {
        let bench = try Bench([playbook])
        for number in 1...41 { try await bench.answer(anomaly(AnomalyID("a\(number)"), from: "203.0.113.\(number)")) }
        bench.responder.observe([
            success("carol", from: "203.0.113.1", at: noon),  // not later
            success("carol", from: "203.0.113.2", at: noon + .minutes(5)),
            success("carol", from: "203.0.113.2", at: noon + .minutes(5)),  // the same, read again
            success("dave", from: "203.0.113.3", at: noon + .hours(2)), success("dave", from: "203.0.113.4", at: noon + .minutes(59)),
            Event(time: noon + .minutes(1), kind: .login, outcome: .failure, address: IPAddress("203.0.113.5")),
            Event(time: noon + .minutes(1), kind: .httpRequest, outcome: .success, address: IPAddress("203.0.113.6")),
        ])
        let report = try await report(bench)
        #expect(
            report.totals.map(\.sentence)
                == ["41 addresses would have been blocked, 3 of them signed in successfully later (2 while it would have held)"])
        #expect(report.signedInLater.compactMap(\.first).map(\.target.value) == ["203.0.113.2", "203.0.113.4", "203.0.113.3"])
        #expect(report.signedInLater.first?.first?.successes == 1)
        #expect(report.text.contains("203.0.113.2  signed in once, first at 2026-11-20T12:05:00Z, 5m later, while it would have held"))
    }

    @Test func `counts a sign-in that was read before the run was driven, and none that came before the attack`() async throws {
        let bench = try Bench([playbook])
        _ = try await bench.responder.handle(anomaly("a", users: ["alice"]))
        bench.responder.observe([
            success("bob", from: "203.0.113.9", at: noon - .minutes(1)), success("alice", from: "198.51.100.1", at: noon + .seconds(1)),
        ])
        try await bench.responder.drain()
        let later = try await report(bench).signedInLater
        #expect(later.map { $0.map(\.target) } == [[.user("alice")]])
    }

    @Test func `goes on watching after a restart`() async throws {
        let first = try Bench([playbook])
        try await first.answer(anomaly("a"))
        let second = try Bench([playbook], disk: first.disk, clock: first.clock)
        try await second.responder.recover()
        second.responder.observe([success("carol", from: "203.0.113.9", at: noon + .minutes(3))])
        #expect(try await report(second).totals.first?.signedInLater == 1)
        let third = try Bench([playbook], disk: first.disk, clock: first.clock)
        try await third.responder.recover()
        third.responder.observe([success("carol", from: "203.0.113.9", at: noon + .minutes(3))])
        #expect(try await report(third).effects.first?.successes == 1)
    }

    @Test func `writes what it has seen with the source's position, and keeps it where that fails`() async throws {
        let bench = try Bench([playbook])
        try await bench.answer(anomaly("a"))
        bench.responder.observe([success("carol", from: "203.0.113.9", at: noon + .minutes(3))])
        bench.store.failing(true)
        await #expect(throws: StoreError.self) { try await bench.responder.ingest([], from: ("log", 1)) }
        bench.store.failing(false)
        #expect(try await bench.disk.shadowEffects(since: .distantPast).first?.successes == 0)
        try await bench.responder.ingest([], from: ("log", 1))
        #expect(try await bench.disk.shadowEffects(since: .distantPast).first?.successes == 1)
    }

    @Test func `records what would have been refused, and does not count it`() async throws {
        let protected = ProtectedTargets(users: ["alice"])
        let bench = try Bench([playbook], configuration: .init(protected: protected))
        let run = try #require(try await bench.answer(anomaly("a", users: ["alice", "bob"])).first)
        #expect(run.outcome(of: .lockAccount)?.kind == .refused)
        let report = try await report(bench)
        #expect(report.totals.map(\.targets) == [1, 1])
        #expect(report.refused.map(\.target) == [.user("alice")])
        #expect(report.text.contains("user:alice: refused: the account “alice” is protected (watch)"))
    }

    @Test func `uses up no cooldown: the same playbook acts as soon as it may`() async throws {
        let first = try Bench([playbook])
        try await first.answer(anomaly("a"))
        var acting = playbook
        acting.mode = .enforce
        let second = try Bench([acting], disk: first.disk, clock: first.clock)
        let run = try #require(try await second.answer(anomaly("b", at: noon + .seconds(5))).first)
        #expect(run.outcome(of: .blockIP)?.kind == .succeeded)
    }

    @Test func `says of a step that asks people that it would have asked`() async throws {
        let asking = Playbook("p", mode: .shadow, triggers: [Trigger()], steps: [Step(.blockIP, approval: ApprovalPolicy())])
        let bench = try Bench([asking])
        let run = try #require(try await bench.answer(anomaly("a")).first)
        #expect(run.outcome(of: .blockIP)?.message.hasPrefix("after people had let it through: would ban") == true)
        #expect(try await bench.disk.approvals(ApprovalQuery()).isEmpty)
    }

    @Test func `watches no more targets than it has room for, the latest ones`() {
        var watch = ShadowWatch(capacity: 100)
        let effects = (0..<1000).map { number in
            ShadowEffect(
                playbook: "p", action: .blockIP, kind: .ban, target: target("198.18.\(number / 256).\(number % 256)"), severity: .high,
                incidentID: "i", since: noon + .seconds(number), until: nil)
        }
        for effect in effects { _ = watch.record(effect) }
        #expect(watch.dropped >= 900)
        for user in ["198.18.0.1", "198.18.3.231"] {
            if let signIn = ShadowWatch.SignIn(success("x", from: user, at: noon + .hours(1))) { watch.observe(signIn) }
        }
        #expect(watch.takeChanged().map(\.target.value) == ["198.18.3.231"])
    }

    @Test func `finds a network by an address in it`() {
        var watch = ShadowWatch()
        for text in ["203.0.113.0/24", "2001:db8:1::/64", "198.51.100.7"] {
            _ = watch.record(
                ShadowEffect(
                    playbook: "p", action: .blockIP, kind: .ban, target: target(text), severity: .high, incidentID: "i", since: noon,
                    until: nil))
        }
        for address in ["203.0.113.200", "2001:db8:1::5", "198.51.100.8"] {
            if let signIn = ShadowWatch.SignIn(success("x", from: address, at: noon + .hours(1))) { watch.observe(signIn) }
        }
        #expect(Set(watch.takeChanged().map(\.target.value)) == ["203.0.113.0/24", "2001:db8:1::/64"])
    }
}

@Suite struct `a mode for all playbooks` {
    private func bench(_ own: PlaybookMode, under ceiling: PlaybookMode) throws -> Bench {
        try Bench([Playbook("p", mode: own, triggers: [Trigger()], steps: [Step(.blockIP)])], configuration: .init(mode: ceiling))
    }

    @Test func `is a ceiling: the stricter of it and the playbook's own counts`() async throws {
        let order = PlaybookMode.allCases
        for (own, ceiling) in order.flatMap({ own in order.map { (own, $0) } }) {
            let bench = try bench(own, under: ceiling)
            let runs = try await bench.answer(anomaly("a"))
            let stricter = order[min(order.firstIndex(of: own) ?? 0, order.firstIndex(of: ceiling) ?? 0)]
            #expect(runs.isEmpty == (stricter == .off), "\(own) under \(ceiling)")
            #expect(bench.blocks("203.0.113.9") == (stricter == .enforce), "\(own) under \(ceiling)")
            #expect(try await bench.disk.approvals(.pending).count == (stricter == .approve ? 1 : 0), "\(own) under \(ceiling)")
            #expect(
                runs.first?.outcome(of: .blockIP)?.kind == [.off: nil, .shadow: .previewed, .approve: nil, .enforce: .succeeded][stricter])
        }
    }

    @Test func `binds a run by hand too, and off only keeps playbooks from starting by themselves`() async throws {
        for (own, ceiling, acts) in [
            (PlaybookMode.enforce, PlaybookMode.shadow, false), (.shadow, .enforce, false), (.off, .shadow, false), (.shadow, .off, false),
            (.enforce, .off, true), (.off, .enforce, true), (.off, .off, true), (.enforce, .approve, false),
        ] {
            let bench = try bench(own, under: ceiling)
            try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.9"])
            #expect(bench.blocks("203.0.113.9") == acts, "\(own) under \(ceiling)")
        }
    }

    @Test func `leaves a decision by hand alone`() async throws {
        let bench = try bench(.enforce, under: .shadow)
        _ = try await bench.responder.addDecision(target("203.0.113.9"), duration: nil, actor: "ann", reason: "")
        #expect(bench.blocks("203.0.113.9"))
    }
}
