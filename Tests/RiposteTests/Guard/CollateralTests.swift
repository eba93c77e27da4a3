import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `addresses that many share` {
    private let shared = "203.0.113.9"

    /// Five accounts sign in from one address, among many from elsewhere.
    private func bench(_ playbook: Playbook = .containment, users: Int = 5, others: Int = 100) async throws -> Bench {
        let bench = try Bench([playbook])
        bench.populate(others)
        bench.responder.observe((0..<users).map { signIn("user\($0)", from: shared) })
        return bench
    }

    @Test func `are throttled instead of banned, by playbook and by hand, and why says so`() async throws {
        let bench = try await bench()
        let report = try #require(try await bench.answer(anomaly("a")).first)
        #expect(report.story.first == "block_ip 203.0.113.9 succeeded")
        let sentence = "throttled instead of banned: 203.0.113.9 is shared: 5 accounts have signed in from there within 7 days"
        #expect(report.steps.first?.outcome.guardNote == sentence)
        #expect(bench.enforcer.inForce.map(\.type) == [.throttle])
        #expect(try await bench.why(shared).contains(sentence))
        try await bench.pass(.minutes(61))
        #expect(bench.enforcer.inForce.isEmpty)
        try await bench.responder.addDecision(target(shared), duration: nil, actor: "ann", reason: "")
        #expect(bench.enforcer.inForce.map(\.type) == [.throttle])
        try await bench.responder.removeDecisions(on: target(shared), actor: "ann")
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `four accounts are not many, and eight days ago is long ago`() async throws {
        let few = try await bench(users: 4)
        try await few.answer(anomaly("a"))
        #expect(few.enforcer.inForce.map(\.type) == [.ban])
        let old = try Bench([.containment])
        old.populate(100)
        old.responder.observe((0..<9).map { signIn("user\($0)", from: shared, at: noon - .hours(24 * 8)) })
        try await old.answer(anomaly("a"))
        #expect(old.enforcer.inForce.map(\.type) == [.ban])
    }

    @Test func `a network is shared when its addresses are, together`() async throws {
        let bench = try Bench([.containment])
        bench.populate(100)
        bench.responder.observe((0..<5).map { signIn("user\($0)", from: "203.0.113.\($0 + 1)") })
        try await bench.responder.addDecision(target("203.0.113.0/24"), duration: nil, actor: "ann", reason: "")
        #expect(bench.enforcer.inForce.map(\.type) == [.throttle])
    }

    @Test func `accounts that an attacker gets into do not make his address shared`() async throws {
        let bench = try Bench([.containment])
        bench.populate(100)
        bench.responder.observe((0..<40).map { failure("user\($0)", from: shared, at: noon - .minutes(10)) })
        bench.responder.observe((0..<8).map { signIn("user\($0)", from: shared, at: noon - .minutes(5)) })
        try await bench.answer(anomaly("a"))
        #expect(bench.enforcer.inForce.map(\.type) == [.ban])
    }

    @Test func `one account that signs in a thousand times is one`() async throws {
        let bench = try Bench([.containment])
        bench.populate(50)
        bench.responder.observe((0..<1000).map { _ in signIn("mallory", from: shared) })
        try await bench.answer(anomaly("a"))
        #expect(bench.enforcer.inForce.map(\.type) == [.ban])
    }

    @Test func `an address that carries a fifth of all sign-ins is taken for a proxy: refused, and said`() async throws {
        let bench = try await bench(users: 30, others: 100)
        let report = try #require(try await bench.answer(anomaly("a")).first)
        #expect(report.story.first == "block_ip 203.0.113.9 refused")
        #expect(report.steps.first?.outcome.message.contains("looks like a proxy that is not declared: 23 % of all sign-ins") == true)
        #expect(try await bench.why(shared).contains("protected: {proxies: …}"))
        let board = bench.board
        let effect = Effect(
            id: "e", kind: .ban, target: target(shared), action: .blockIP, expiresAt: nil, incidentID: "i", runID: "r", step: StepPath(0),
            playbook: "p", createdAt: noon)
        await #expect(throws: EnforcementError.self) { try await board.claim(effect) }
    }

    @Test func `what was learned survives a restart, within bounds`() async throws {
        let bench = try await bench()
        for _ in 0..<12 {
            bench.clock.advance(by: .seconds(5))
            try await bench.responder.keepGuard()
        }
        let next = try Bench([.containment], disk: bench.disk, clock: bench.clock)
        try await next.answer(anomaly("a", at: next.clock.now()))
        #expect(next.enforcer.inForce.map(\.type) == [.throttle])
    }

    @Test func `the memory is bounded, keeps the shared ones and counts what it drops`() {
        var ledger = SuccessLedger()
        for user in 0..<6 { ledger.observe(signIn("user\(user)", from: shared)) }
        for index in 0..<60_000 {
            ledger.observe(signIn("x\(index)", from: "10.\(index / 65536).\(index / 256 % 256).\(index % 256)", at: noon - .hours(1)))
        }
        #expect(ledger.evictions > 0)
        #expect(ledger.population(of: .address, at: noon) <= SuccessLedger.partCount * (SuccessPart.addressLimit + 1))
        #expect(ledger.population(of: .user, at: noon) <= SuccessLedger.partCount * (SuccessPart.userLimit + 1))
        #expect(ledger.collateral(AddressRange(IPAddress("203.0.113.9") ?? IPAddress(v4: 0)), at: noon) == .shared(users: 6))
    }
}
