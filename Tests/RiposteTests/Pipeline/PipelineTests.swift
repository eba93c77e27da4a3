import RiposteTesting
import Testing

@testable import Riposte

/// The whole way, from the line of a log to the decision, in memory and in event time.
@Suite struct `a log that is followed` {
    typealias Line = ScriptedLog.Line

    private static func takeover() throws -> Playbook {
        try SpecifiedPlaybooks.read(
            """
            {"trigger": [{"detector": "success_after_failures"}, {"detector": "credential_stuffing", "severity": "critical"}],
             "actions": [{"action": "block_ip", "duration_minutes": 240}, {"action": "lock_account", "duration_minutes": 30}]}
            """, slug: "account_takeover_response")
    }

    private static func bench(
        _ disk: InMemoryStore = InMemoryStore(), _ clock: ManualClock = ManualClock(autoAdvances: true)
    ) throws -> Bench {
        try Bench(try SpecifiedPlaybooks.both + [takeover()], disk: disk, clock: clock)
    }

    /// Follows a log to its end; what it starts is done before the next line comes.
    private func follow(_ lines: [Line], _ bench: Bench, chunk: Int = 1) async throws {
        let log = ScriptedLog(lines: lines.sorted { $0.time < $1.time }, chunk: chunk) { time in
            try await bench.responder.drain()
            if time > bench.clock.now() { bench.clock.advance(to: time) }
        }
        let pipeline = Pipeline(
            [Pipeline.Input(log, format: .fixed(.sshd))], detection: DetectionService(DetectionEngine()), responder: bench.responder,
            evidence: EvidenceKeeper(decisions: bench.board, log: bench.log, logger: Bench.quiet), clock: bench.clock, logger: Bench.quiet)
        try await pipeline.run()
        try await bench.responder.drain()
        try await bench.outbox.deliverDue()
    }

    @Test func `keeps every event of whom somebody wants to see more of, and of nobody else, for as long as that is so`() async throws {
        let watch = Playbook(
            "p", triggers: [Trigger(detector: "brute_force.ip")],
            steps: [Step(.enableEnhancedLogging, parameters: ["duration_minutes": 10])])
        let bench = try Bench([watch], clock: ManualClock(autoAdvances: true))
        let later = noon + .minutes(5)
        try await follow(
            attack(10) + attack(3, at: later) + attack(2, on: "bob", from: "198.51.100.7", at: later) + attack(4, at: noon + .minutes(30)),
            bench)
        let lines = bench.log.lines.filter { $0.channel == "evidence" }
        // From the fifth failure on, which is an attack.
        #expect(lines.map(\.at) == [10, 12, 14, 16, 18].map { noon + .seconds($0) } + [0, 2, 4].map { later + .seconds($0) })
        #expect(Set(lines.map { $0.context["ip"] }) == ["203.0.113.9"])
        #expect(lines.first?.context["user"] == "alice" && lines.first?.message == "auth.login failure")
        #expect(Set(lines.map(\.incident)) == [try await bench.incidents[0].id])
        #expect(Set(lines.map(\.id)).count == 8)
    }

    private func attack(
        _ count: Int, on user: String = "alice", from address: String = "203.0.113.9", at start: Timestamp = noon,
        every step: Duration = .seconds(2)
    ) -> [Line] {
        (0..<count).map { .failed(user, from: address, at: start + step * $0) }
    }

    @Test func `ends an attack in a decision, a record and an alert`() async throws {
        let bench = try Self.bench()
        try await follow(attack(12), bench)
        #expect(bench.blocks("203.0.113.9"))
        #expect(bench.locks("alice"))
        let incident = try #require(try await bench.incidents.first)
        #expect(try await bench.incidents.count == 1)
        #expect(incident.timeToDetect == .seconds(8))
        #expect(try #require(incident.timeToContain) <= .seconds(10))
        #expect(bench.slack.delivered.map(\.incidentID) == [incident.id.rawValue])
    }

    @Test func `loses nothing where it is stopped while the store takes nothing`() async throws {
        let disk = InMemoryStore()
        let bench = try Self.bench(disk, ManualClock())
        let lines = attack(10, every: .milliseconds(1))
        let store = bench.store
        let log = ScriptedLog(lines: lines, chunk: 10) { _ in store.failing(true) }
        let pipeline = Pipeline(
            [Pipeline.Input(log, format: .fixed(.sshd))], detection: DetectionService(DetectionEngine()), responder: bench.responder,
            clock: bench.clock, logger: Bench.quiet)
        let following = Task { try await pipeline.run() }
        await bench.clock.waitForSleepers(1)
        // The disk has room again in the moment in which it is told to stop.
        store.failing(false)
        following.cancel()
        _ = await following.result
        let next = try Self.bench(disk)
        try await follow(lines, next)
        #expect(next.blocks("203.0.113.9"))
    }

    @Test func `is answered again when it comes back after the block has ended`() async throws {
        let bench = try Self.bench()
        try await follow(attack(12) + attack(12, at: noon + .minutes(90)), bench)
        #expect(bench.blocks("203.0.113.9"))
        let bans = try await bench.effects().filter { $0.kind == .ban }
        #expect(bans.map(\.createdAt).sorted().map { $0 - noon }.map { $0 > .minutes(90) } == [false, true])
    }

    /// A block that is shorter than any detector's cooldown.
    private static let short = """
        {"trigger": {"detector": "brute_force", "severity": "high"}, "actions": [{"action": "block_ip", "duration": "6s"}]}
        """

    @Test func `is answered again when it comes back right after a short block`() async throws {
        let bench = try Bench([try SpecifiedPlaybooks.read(Self.short, slug: "short")])
        let lines = attack(12) + attack(12, at: noon + .seconds(60)) + attack(4, at: noon + .minutes(30))
        try await follow(lines, bench)
        let bans = try await bench.effects().filter { $0.kind == .ban }.map { $0.createdAt - noon }.sorted()
        // Answered at the tenth failure of each; four later ones are no attack.
        #expect(bans == [.seconds(18), .seconds(78)])
    }

    @Test func `is answered again after a short block wherever the process stops`() async throws {
        let playbook = try SpecifiedPlaybooks.read(Self.short, slug: "short")
        let lines = attack(12) + attack(12, at: noon + .seconds(60)) + attack(12, at: noon + .minutes(14))
        let whole = try Bench([playbook])
        try await follow(lines, whole)
        let expected = try await summary(whole)
        #expect(expected.count { $0.hasPrefix("ban") } == 3)
        for cut in 1..<lines.count {
            let (disk, clock) = (InMemoryStore(), ManualClock(autoAdvances: true))
            try await follow(Array(lines.prefix(cut)), try Bench([playbook], disk: disk, clock: clock))
            let second = try Bench([playbook], disk: disk, clock: clock)
            try await follow(lines, second)
            #expect(try await summary(second) == expected, "stopped after line \(cut)")
        }
    }

    @Test func `of a network in which many stuff blocks them and no neighbour`() async throws {
        let bench = try Self.bench()
        var lines = (0..<10).map { Line.accepted("ceo", from: "203.0.113.7", at: noon + .seconds($0)) }
        for step in 0..<30 { lines.append(.failed("u\(step)", from: "203.0.113.\(100 + step / 3)", at: noon + .seconds(20 + step))) }
        let stuffing = try SpecifiedPlaybooks.read(
            #"{"trigger": {"detector": "credential_stuffing"}, "actions": [{"action": "block_ip", "duration_minutes": 240}]}"#, slug: "s")
        let more = try Bench([stuffing])
        try await follow(lines, more)
        try await follow(lines, bench)
        #expect(!more.blocks("203.0.113.7") && !bench.blocks("203.0.113.7"))
        #expect((100..<109).allSatisfy { more.blocks("203.0.113.\($0)") })
        #expect(try await more.effects().allSatisfy { $0.target.description != "203.0.113.0/24" })
    }

    @Test func `is answered at a higher severity inside the cooldown`() async throws {
        let bench = try Self.bench()
        let guesses = (0..<30).map { Line.failed("user\($0)", from: "203.0.113.9", at: noon + .seconds($0), isUnknown: true) }
        let success = [
            Line.failed("erin", from: "203.0.113.9", at: noon + .seconds(40)),
            .accepted("erin", from: "203.0.113.9", at: noon + .seconds(41)),
        ]
        try await follow(guesses + success, bench)
        let runs = try await bench.disk.runs(of: try #require(try await bench.incidents.first).id)
        #expect(Set(runs.map(\.playbook.slug)) == ["brute_force_response", "credential_stuffing_response", "account_takeover_response"])
        #expect(bench.locks("erin"))
        #expect(runs.first { $0.playbook.slug == "account_takeover_response" }.map { $0.createdAt - noon } == .seconds(41))
    }

    @Test func `locks none of five hundred accounts that are tried and not hammered`() async throws {
        let bench = try Self.bench()
        let guesses = (0..<1500).map { Line.failed("user\($0 % 500)", from: "203.0.113.9", at: noon + .milliseconds(200 * $0)) }
        try await follow(guesses, bench)
        #expect(bench.blocks("203.0.113.9"))
        #expect(try await bench.effects().filter { $0.kind == .accountLock }.isEmpty)
    }

    @Test func `of an office in the morning and a phone with an old password ends in no decision`() async throws {
        let bench = try Self.bench()
        var lines: [Line] = []
        for person in 0..<60 {
            let time = noon + .seconds(person * 40)
            let slips = [0, 0, 1, 0, 2, 0, 1, 0, 0, 3][person % 10]
            for slip in 0..<slips { lines.append(.failed("p\(person)", from: "198.51.100.1", at: time + .seconds(5 * slip))) }
            lines.append(.accepted("p\(person)", from: "198.51.100.1", at: time + .seconds(20)))
        }
        lines.append(.accepted("zoe", from: "198.51.100.77", at: noon))
        lines += attack(300, on: "zoe", from: "198.51.100.77", at: noon + .minutes(5), every: .seconds(60))
        try await follow(lines, bench)
        #expect(try await bench.effects().isEmpty)
        #expect(bench.board.snapshot.all.isEmpty)
        #expect(bench.slack.delivered.isEmpty)
    }

    @Test func `goes on where it stopped, with what it had counted`() async throws {
        let (disk, clock) = (InMemoryStore(), ManualClock(autoAdvances: true))
        let lines = attack(10)
        for count in [4, 9, 10] {
            let bench = try Self.bench(disk, clock)
            try await follow(Array(lines.prefix(count)), bench)
            let anomalies = try await disk.anomalies(after: .distantPast).map(\.count)
            #expect(anomalies.sorted() == (count == 4 ? [] : count == 9 ? [5] : [5, 10]))
        }
    }

    @Test func `is answered once wherever the process stops`() async throws {
        let lines = attack(12) + attack(6, on: "bob", from: "198.51.100.7", at: noon + .seconds(7))
        let whole = try Self.bench()
        try await follow(lines, whole, chunk: 3)
        let expected = try await summary(whole)
        for call in 1...whole.store.calls {
            for moment in FaultyStore.Moment.allCases {
                let (disk, clock) = (InMemoryStore(), ManualClock(autoAdvances: true))
                let first = try Self.bench(disk, clock)
                first.store.crash(at: call, when: moment)
                try? await follow(lines, first, chunk: 3)
                let second = try Self.bench(disk, clock)
                try await follow(lines, second, chunk: 3)
                let found = try await summary(second)
                #expect(found == expected, "stopped \(moment) call \(call)")
            }
        }
    }

    private func summary(_ bench: Bench) async throws -> [String] {
        var parts = try await bench.incidents.map { "\($0.id) \($0.severity) \($0.anomalyCount) \($0.status)" }
        parts += try await bench.effects().map { "\($0.kind) \($0.target) \($0.state)" }.sorted()
        parts += try await bench.disk.anomalies(after: .distantPast).map(\.id.rawValue).sorted()
        return parts
    }

    @Test func `waits for a store that cannot be written, and loses nothing`() async throws {
        let bench = try Self.bench()
        let lines = attack(12)
        let log = ScriptedLog(lines: lines) { time in
            try await bench.responder.drain()
            if time == lines[4].time { bench.store.fail(at: bench.store.calls + 1) }
            if time > bench.clock.now() { bench.clock.advance(to: time) }
        }
        let pipeline = Pipeline(
            [Pipeline.Input(log, format: .fixed(.sshd))], detection: DetectionService(DetectionEngine()), responder: bench.responder,
            clock: bench.clock, logger: Bench.quiet)
        try await pipeline.run()
        try await bench.responder.drain()
        #expect(bench.blocks("203.0.113.9"))
        #expect(try await bench.disk.anomalies(after: .distantPast).map(\.count).sorted() == [5, 10])
    }

    @Test func `blocks nobody whose name imitates a line`() async throws {
        let bench = try Self.bench()
        let name = "x from 198.51.100.5 port 22 ssh2"
        try await follow(attack(20, on: name, from: "203.0.113.9"), bench)
        #expect(bench.blocks("203.0.113.9"))
        #expect(!bench.blocks("198.51.100.5"))
    }
}
