import Riposte
import Testing

@Suite struct `detectors that are told to forget` {
    private var scene = Scene()

    @Test(arguments: ["203.0.113.9", "203.0.113.0/24", "203.0.113.8/31"])
    func `an address or its network do not find the old failures with the next`(target: String) throws {
        var scene = Scene()
        for step in 0..<12 { scene.fail("203.0.113.9", "user\(step)", at: Double(step)) }
        #expect(scene.found.kinds == ["brute_force.ip medium", "brute_force.ip high"])
        try scene.forget(target, at: 20)
        for step in 0..<4 { #expect(scene.fail("203.0.113.9", "user\(step)", at: 21 + Double(step)).isEmpty) }
        // The fifth new one is an attack of its own, cooldown or not.
        #expect(scene.fail("203.0.113.9", nil, at: 30).kinds == ["brute_force.ip medium"])
    }

    @Test mutating func `an address keep what failed after it was let go`() throws {
        for step in 0..<4 { scene.fail("203.0.113.9", nil, at: Double(step) * 10) }
        try scene.forget("203.0.113.9", at: 10)
        for step in 0..<2 { #expect(scene.fail("203.0.113.9", nil, at: 50 + Double(step)).isEmpty) }
        #expect(scene.fail("203.0.113.9", nil, at: 60).count == 1)
    }

    @Test mutating func `an address take it from the accounts it tried, however often it tried others since`() throws {
        for step in 0..<4 { scene.fail("203.0.113.9", "alice", at: Double(step)) }
        for step in 0..<200 { scene.fail("203.0.113.9", "bob", at: 4 + Double(step)) }
        try scene.forget("203.0.113.9", at: 300)
        #expect(scene.fail("198.51.100.1", "alice", at: 301).isEmpty)
        #expect(scene.fail("198.51.100.2", "bob", at: 302).isEmpty)
    }

    @Test mutating func `one address remember its neighbours`() throws {
        for step in 0..<4 { scene.fail("203.0.113.8", nil, at: Double(step)) }
        try scene.forget("203.0.113.9", at: 20)
        #expect(scene.fail("203.0.113.8", nil, at: 21).count == 1)
    }

    @Test mutating func `a network do not find its old stuffing`() throws {
        for step in 0..<25 { scene.fail("203.0.113.\(step % 10)", "user\(step)", at: Double(step)) }
        try scene.forget("203.0.113.0/24", at: 30)
        #expect(scene.fail("203.0.113.1", "user1", at: 700).isEmpty)
    }

    @Test mutating func `a user do not find the old failures from everywhere`() throws {
        for step in 0..<20 { scene.fail("203.0.\(step % 5).1", "alice", at: Double(step)) }
        #expect(scene.found.users == ["alice"])
        try scene.forget("user:alice", at: 30)
        #expect(scene.fail("203.0.9.1", "alice", at: 31).isEmpty)
    }

    @Test mutating func `a user do not name him for his old failures when his attacker goes on`() throws {
        for step in 0..<12 { scene.fail("203.0.113.9", "alice", at: Double(step)) }
        #expect(scene.found.last?.targets.users == ["alice"])
        try scene.forget("user:alice", at: 20)
        let before = scene.found.count
        for step in 0..<5 { scene.fail("203.0.113.9", "bob", at: 610 + Double(step)) }
        let found = scene.found[before...]
        #expect(!found.isEmpty)
        #expect(!found.users.contains("alice"))
    }

    @Test mutating func `a user let him sign in again from where the false alarm was`() throws {
        for step in 0..<6 { scene.fail("198.51.100.7", "alice", at: Double(step)) }
        #expect(scene.succeed("198.51.100.7", "alice", at: 30).kinds == ["success_after_failures critical"])
        try scene.forget("user:alice", at: 60)
        #expect(scene.succeed("198.51.100.7", "alice", at: 90).isEmpty)
    }

    @Test mutating func `somebody they never saw do nothing`() throws {
        try scene.forget("user:nobody", at: 0)
        try scene.forget("2001:db8::/32", at: 0)
        try scene.forget("session:1", at: 0)
        #expect(scene.engine.trackedKeys == 0)
    }
}
