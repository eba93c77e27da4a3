import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `budgets` {
    /// `count` accounts that have signed in, and limits for them.
    private func bench(
        users count: Int = 100, limit: BudgetLimit = BudgetLimit(count: 10, share: 1), disk: InMemoryStore = InMemoryStore(),
        clock: ManualClock = ManualClock(autoAdvances: true)
    ) throws -> Bench {
        let bench = try Bench(
            [.lock], configuration: .init(budgets: BudgetLimits(users: limit, addresses: limit)), disk: disk, clock: clock)
        bench.populate(count)
        return bench
    }

    private func lock(_ index: Int, _ bench: Bench, _ severity: Severity = .high) async throws -> StepOutcome {
        let reports = try await bench.answer(
            anomaly(
                AnomalyID("a\(index)"), .bruteForceByAddress, severity, from: "203.0.113.\(index)", users: ["someone\(index)"],
                at: bench.clock.now()))
        return try #require(reports.first?.outcome(of: .lockAccount))
    }

    /// Whether a person was asked instead.
    private func isHeld(_ index: Int, _ bench: Bench, _ severity: Severity = .high) async throws -> Bool {
        try await bench.answer(
            anomaly(
                AnomalyID("a\(index)"), .bruteForceByAddress, severity, from: "203.0.113.\(index)", users: ["someone\(index)"],
                at: bench.clock.now())
        ).first?.waitingFor != nil
    }

    @Test func `over the budget a person has to say yes, and incident and why say so`() async throws {
        let bench = try bench()
        var kinds: [StepOutcome.Kind] = []
        for index in 0..<8 { kinds.append(try await lock(index, bench).kind) }
        #expect(kinds == Array(repeating: .succeeded, count: 8))
        #expect(try await isHeld(8, bench))
        let why = try await bench.why("user:someone8")
        #expect(
            why.contains(
                "needs approval: the budget of lock_account is used up: 8 of 8 accounts who have signed in lately were hit within 1h; the rest is kept for critical severity"
            ),
            "\(why)")
    }

    @Test func `a fifth is kept for critical severity, which a flood of cheap attacks cannot use up`() async throws {
        let bench = try bench()
        for index in 0..<8 { #expect(try await !isHeld(index, bench)) }
        for index in 8..<30 { #expect(try await isHeld(index, bench)) }
        #expect(try await lock(40, bench, .critical).kind == .succeeded)
        #expect(try await lock(41, bench, .critical).kind == .succeeded)
        #expect(try await isHeld(42, bench, .critical))
    }

    @Test func `attackers do not count`() async throws {
        let bench = try Bench([.containment], configuration: .init(budgets: BudgetLimits(addresses: BudgetLimit(count: 1))))
        bench.populate(10)
        for index in 1...50 { try await bench.answer(anomaly(AnomalyID("a\(index)"), from: "203.0.113.\(index)")) }
        #expect(bench.enforcer.inForce.count == 50)
    }

    @Test func `they come back with time, and what came to nothing is given back`() async throws {
        let bench = try bench(limit: BudgetLimit(count: 3, share: 1))
        for index in 0..<2 { #expect(try await lock(index, bench).kind == .succeeded) }
        #expect(try await isHeld(2, bench))
        bench.clock.advance(by: .minutes(61))
        #expect(try await lock(3, bench).kind == .succeeded)
    }

    @Test func `a restart does not refill them`() async throws {
        let bench = try bench(limit: BudgetLimit(count: 3, share: 1))
        for index in 0..<2 { _ = try await lock(index, bench) }
        for _ in 0..<12 {
            bench.clock.advance(by: .seconds(5))
            try await bench.responder.keepGuard()
        }
        let next = try Bench(
            [.lock], configuration: .init(budgets: BudgetLimits(users: BudgetLimit(count: 3, share: 1))), disk: bench.disk,
            clock: bench.clock)
        #expect(try await isHeld(2, next))
    }

    @Test func `a person by hand is not held up`() async throws {
        let bench = try bench(limit: BudgetLimit(count: 0))
        #expect(try await isHeld(0, bench))
        #expect(try await bench.responder.runPlaybook("lock", context: ["user": "someone1"]).status == .succeeded)
    }

    @Test func `they are visible before they trip`() async throws {
        let bench = try bench()
        for index in 0..<5 { _ = try await lock(index, bench) }
        let status = bench.responder.guardReport.budgets
        #expect(status == [BudgetStatus(action: .lockAccount, kind: .user, used: 5, allowed: 8, forCritical: 10, windowSeconds: 3600)])
        #expect(bench.responder.guardReport.text.contains("lock_account: 5 of 8 accounts who have signed in lately hit within 1h"))
    }

    @Test(arguments: [
        (BudgetLimit(count: 20, share: 0.1), 1000, 16, 20), (BudgetLimit(count: 20, share: 0.1), 100, 8, 10),
        (BudgetLimit(count: 20, share: 0.1), 5, 2, 3), (BudgetLimit(count: 1), 1000, 0, 1), (BudgetLimit(count: 0), 1000, 0, 0),
    ])
    func `are the smaller of a count and a share, and three where people are few`(
        limit: BudgetLimit, population: Int, others: Int, critical: Int
    ) {
        #expect(limit.allowed(population: population, .high) == others)
        #expect(limit.allowed(population: population, .critical) == critical)
    }

    @Test func `in shadow the record says what would have needed approval, and nothing is spent`() async throws {
        var playbook = Playbook.lock
        playbook.mode = .shadow
        let bench = try Bench([playbook], configuration: .init(budgets: BudgetLimits(users: BudgetLimit(count: 0))))
        bench.populate(10)
        #expect(try await lock(1, bench).message.hasPrefix("would need approval: the budget of lock_account"))
        #expect(bench.responder.guardReport.budgets.isEmpty)
    }
}

extension Playbook {
    static let lock = Playbook("lock", triggers: [Trigger()], steps: [Step(.lockAccount)])
}
