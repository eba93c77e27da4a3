import Riposte
import Testing

@Suite struct `brute force by user` {
    private var scene = Scene()

    /// One failure each from two addresses in turn, so that none dominates.
    private mutating func alternate(_ count: Int, every seconds: Double) {
        for step in 0..<count { scene.fail("203.0.113.\(step % 2 == 0 ? 1 : 77)", "alice", at: Double(step) * seconds) }
    }

    @Test mutating func `five failures for one user in ten minutes are low, ten are high`() throws {
        alternate(4, every: 60)
        #expect(scene.found(by: .bruteForceByUser).isEmpty)
        alternate(10, every: 60)
        let found = scene.found(by: .bruteForceByUser)
        #expect(found.kinds == ["brute_force.user low", "brute_force.user high"])
        #expect(found.last?.targets.users == ["alice"])
        #expect(found.last?.summary == "10 failed sign-ins for alice from 2 addresses within 5m")
    }

    @Test mutating func `the fifth counts at exactly ten minutes and not later`() {
        alternate(5, every: 150)
        #expect(scene.found(by: .bruteForceByUser).kinds == ["brute_force.user low"])
        scene = Scene()
        alternate(5, every: 150.000001)
        #expect(scene.found(by: .bruteForceByUser).isEmpty)
    }

    @Test mutating func `where one source has four fifths of the failures they are that source's alone`() {
        for step in 0..<16 { scene.fail("203.0.113.1", "alice", at: Double(step)) }
        for step in 16..<20 { scene.fail("203.0.113.2", "alice", at: Double(step)) }
        #expect(scene.found(by: .bruteForceByUser).isEmpty)
        #expect(scene.fail("203.0.113.3", "alice", at: 20).kinds == ["brute_force.user high"])
    }

    @Test mutating func `failures without an address are from nowhere and dominate nothing`() {
        for step in 0..<5 { scene.fail(nil, "alice", at: Double(step)) }
        #expect(scene.found.kinds == ["brute_force.user low"])
        #expect(scene.found.first?.targets == TargetSet(users: ["alice"]))
    }

    @Test mutating func `the user's own device neither makes it high nor hides that it is`() {
        scene.succeed("198.51.100.1", "alice", at: 0)
        for step in 1...60 { scene.fail("198.51.100.1", "alice", at: Double(step)) }
        for step in 0..<10 { scene.fail("203.0.113.\(step % 3)", "alice", at: 61 + Double(step)) }
        #expect(scene.found(by: .bruteForceByUser).map(\.severity).max() == .high)
        #expect(!scene.found(by: .bruteForceByUser).flatMap(\.targets.addresses).map(\.description).contains("198.51.100.1"))
    }

    @Test mutating func `five addresses and ten failures in half an hour are distributed, and high`() throws {
        for step in 0..<9 { scene.fail("203.0.\(step % 5).1", "alice", at: Double(step) * 200) }
        #expect(scene.found(by: .bruteForceDistributed).isEmpty)
        scene.fail("203.0.4.1", "alice", at: 1800)
        #expect(scene.found(by: .bruteForceDistributed).kinds == ["brute_force.distributed high"])
        scene.fail("203.0.4.1", "alice", at: 1800.000001)
        #expect(scene.found(by: .bruteForceDistributed).count == 1)
    }

    @Test mutating func `ten failures over more than half an hour, or from four addresses, are not distributed`() {
        for step in 0..<10 { scene.fail("203.0.\(step % 5).1", "alice", at: Double(step) * 200.001) }
        for step in 0..<30 { scene.fail("203.0.\(step % 4).1", "bob", at: 2000 + Double(step)) }
        #expect(scene.found(by: .bruteForceDistributed).isEmpty)
    }

    @Test mutating func `twenty failures from five addresses are critical at once`() {
        for step in 0..<20 { scene.fail("203.0.\(step % 5).1", "alice", at: Double(step)) }
        #expect(scene.found(by: .bruteForceDistributed).kinds == ["brute_force.distributed high", "brute_force.distributed critical"])
    }

    @Test mutating func `addresses of one /64 count once`() {
        for step in 0..<30 { scene.fail("2001:db8:1:\(step % 4)::\(step)", "alice", at: Double(step)) }
        #expect(scene.found(by: .bruteForceDistributed).isEmpty)
        scene.fail("2001:db8:1:4::1", "alice", at: 30)
        #expect(scene.found(by: .bruteForceDistributed).kinds == ["brute_force.distributed critical"])
    }

    @Test mutating func `an address with a single failure is not named, it may be the user's own`() throws {
        for step in 0..<9 { scene.fail("203.0.\(step % 4).1", "alice", at: Double(step)) }
        scene.fail("198.51.100.1", "alice", at: 9)
        let anomaly = try #require(scene.found(by: .bruteForceDistributed).first)
        #expect(anomaly.targets.addresses.map(\.description) == ["203.0.0.1", "203.0.1.1", "203.0.2.1", "203.0.3.1"])
        #expect(anomaly.targets.users == ["alice"])
    }

    @Test mutating func `an account that does not exist is attacked by nobody`() {
        for step in 0..<40 { scene.fail("203.0.\(step).1", "admin", at: Double(step), .unknownUser) }
        #expect(scene.found.isEmpty)
    }
}
