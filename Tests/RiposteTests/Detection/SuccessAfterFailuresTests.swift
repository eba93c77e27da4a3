import Riposte
import Testing

@Suite struct `success after failures` {
    private let attacker = "203.0.113.9"
    private var scene = Scene()

    private mutating func hammer(_ user: String, _ times: Int = 6) {
        for step in 0..<times { scene.fail(attacker, user, at: Double(step)) }
    }

    @Test(arguments: [Event.Method.password, .keyboardInteractive, .unknown])
    func `a password that fits at last is critical and names account and address`(method: Event.Method) throws {
        var scene = Scene()
        for step in 0..<6 { scene.fail(attacker, "alice", at: Double(step)) }
        let anomaly = try #require(scene.succeed(attacker, "alice", at: 60, by: method).first)
        #expect(anomaly.kind == "success_after_failures critical")
        #expect(anomaly.targets == TargetSet(addresses: try [#require(AddressRange(attacker))], users: ["alice"]))
        #expect(anomaly.evidence.count == 7)
        #expect(anomaly.summary == "alice signed in from 203.0.113.9 after 6 failures there, in the course of an attack")
        #expect(anomaly.isTakeover)
    }

    @Test(arguments: [("4f2a", ["4f2a"]), ("", []), (nil, [])])
    func `the session that was got is a target, where the event names it`(session: String?, expected: [String]) throws {
        var scene = Scene()
        for step in 0..<6 { scene.fail(attacker, "alice", at: Double(step)) }
        var success = Event.success(attacker, "alice", at: 60)
        success.details = EventDetails(session: session)
        #expect(try #require(scene.see([success]).first).targets.sessions == expected)
    }

    @Test(arguments: [Event.Method.publicKey, .token, .other])
    func `a key or token is no guessed password`(method: Event.Method) {
        var scene = Scene()
        for step in 0..<6 { scene.fail(attacker, "alice", at: Double(step)) }
        #expect(scene.succeed(attacker, "alice", at: 60, by: method).isEmpty)
    }

    @Test mutating func `an account that the attacker had not tried is not taken over`() {
        hammer("alice")
        #expect(scene.succeed(attacker, "bob", at: 60).isEmpty)
    }

    @Test mutating func `another source's success is its own`() {
        hammer("alice")
        #expect(scene.succeed("198.51.100.1", "alice", at: 60).isEmpty)
    }

    @Test mutating func `it counts for an hour`() {
        hammer("alice")
        #expect(scene.succeed(attacker, "alice", at: 3600).kinds == ["success_after_failures critical"])
        scene = Scene()
        hammer("alice")
        #expect(scene.succeed(attacker, "alice", at: 3605.1).isEmpty)
    }

    @Test mutating func `where the user was known before, the device is forgiven`() {
        scene.succeed(attacker, "alice", at: -100)
        hammer("alice", 40)
        #expect(scene.succeed(attacker, "alice", at: 60).isEmpty)
        #expect(scene.found.answered.isEmpty)
    }

    @Test mutating func `a known pair says nothing about other users of the place`() {
        scene.succeed(attacker, "alice", at: -100)
        hammer("bob")
        #expect(scene.succeed(attacker, "bob", at: 60).kinds == ["success_after_failures critical"])
    }

    @Test mutating func `four slips and then the password are the user's own`() {
        hammer("alice", 4)
        #expect(scene.succeed(attacker, "alice", at: 60).isEmpty)
        // Forgiven: the next slip does not find the old ones.
        #expect(scene.fail(attacker, "alice", at: 70).isEmpty)
    }

    @Test mutating func `who attacks others with high severity and gets in after one try of this account has taken it over`() {
        for step in 0..<10 { scene.fail(attacker, "user\(step)", at: Double(step)) }
        scene.fail(attacker, "alice", at: 11)
        #expect(scene.succeed(attacker, "alice", at: 60).kinds == ["success_after_failures critical"])
    }

    @Test(arguments: [["bob", "bob", "bob", "bob", "bob"], ["bob", "bob", "carl", "carl", "carl"], ["a", "b", "c", "d", "e"]])
    func `colleagues who mistype make no takeover of a slip and a success`(slips: [String]) {
        var scene = Scene()
        for (step, user) in slips.enumerated() { scene.fail(attacker, user, at: Double(step) * 20) }
        for tries in 1...2 {
            scene.fail(attacker, "alice", at: 100 + Double(tries))
            var now = scene
            #expect(now.succeed(attacker, "alice", at: 120).isEmpty)
        }
        // From the third try on it is as likely a guess.
        scene.fail(attacker, "alice", at: 110)
        #expect(scene.succeed(attacker, "alice", at: 120).kinds == ["success_after_failures critical"])
    }

    /// Strangers try bob from three addresses.
    private mutating func besiege(_ count: Int, at start: Double) {
        for step in 0..<count { scene.fail("203.0.113.\(5 + step % 3)", "bob", at: start + Double(step)) }
    }

    @Test mutating func `an office is not named where one of its people mistypes while strangers try his account`() {
        let office = "198.51.100.77"
        for step in 0..<10 { scene.succeed(office, "emp\(step)", at: Double(step)) }
        besiege(8, at: 100)
        for step in 0..<4 { scene.fail(office, "bob", at: 120 + Double(step) * 5) }
        let takeover = scene.succeed(office, "bob", at: 150)
        #expect(scene.found.contains { $0.kind == "brute_force.user high" && $0.targets.addresses.count == 3 })
        // It is said all the same, and about him.
        #expect(takeover.kinds == ["success_after_failures critical"])
        #expect(takeover.users == ["bob"])
        #expect(!scene.found.flatMap(\.targets.addresses).map(\.description).contains(office))
    }

    @Test(arguments: [(1, 2), (3, 3), (10, 5)])
    func `a few accounts of one's own, or more guesses than a slip, do not make an office`(accounts: Int, guesses: Int) {
        var test = self
        for step in 0..<accounts { test.scene.succeed("198.51.100.77", "own\(step)", at: Double(step)) }
        test.besiege(10 - guesses, at: 100)
        for step in 0..<guesses { test.scene.fail("198.51.100.77", "bob", at: 120 + Double(step) * 5) }
        #expect(test.scene.found.flatMap(\.targets.addresses).map(\.description).contains("198.51.100.77"))
    }

    @Test mutating func `an office from which somebody attacks is one of the attackers`() {
        for step in 0..<10 { scene.succeed("198.51.100.77", "emp\(step)", at: Double(step)) }
        for step in 0..<10 { scene.fail("198.51.100.77", "root", at: 50 + Double(step)) }
        besiege(8, at: 100)
        for step in 0..<2 { scene.fail("198.51.100.77", "bob", at: 120 + Double(step) * 5) }
        #expect(scene.found(by: .bruteForceByUser).flatMap(\.targets.addresses).map(\.description).contains("198.51.100.77"))
    }

    @Test mutating func `where the user is known is no target of what is found about him`() {
        scene.succeed("198.51.100.77", "bob", at: 0)
        for step in 0..<3 { scene.fail("198.51.100.77", "bob", at: 10 + Double(step)) }
        besiege(12, at: 20)
        #expect(!scene.found(by: .bruteForceByUser).isEmpty)
        #expect(!scene.found.flatMap(\.targets.addresses).map(\.description).contains("198.51.100.77"))
    }

    @Test mutating func `the owner of an account that is attacked from many places may mistype`() {
        for step in 0..<10 { scene.fail("203.0.\(step % 5).1", "alice", at: Double(step)) }
        for step in 0..<2 { scene.fail("198.51.100.1", "alice", at: 20 + Double(step)) }
        #expect(scene.succeed("198.51.100.1", "alice", at: 30).isEmpty)
    }

    @Test mutating func `one of the many places that gets in after three tries has taken the account over`() {
        for step in 0..<15 { scene.fail("203.0.\(step % 5).1", "alice", at: Double(step)) }
        #expect(scene.found(by: .bruteForceDistributed).count == 1)
        #expect(scene.succeed("203.0.2.1", "alice", at: 30).kinds == ["success_after_failures critical"])
    }

    @Test mutating func `failures of a name that does not exist are no tries of the account`() {
        for step in 0..<6 { scene.fail(attacker, "alice", at: Double(step), .unknownUser) }
        #expect(scene.succeed(attacker, "alice", at: 60).isEmpty)
    }

    @Test mutating func `the same account is told of again only after the cooldown`() {
        hammer("alice")
        for time in [60.0, 100, 659, 660] { scene.succeed(attacker, "alice", at: time) }
        #expect(scene.found(by: .successAfterFailures).map { ($0.last - Scene.start).microseconds / 1_000_000 } == [60, 660])
    }
}
