import Riposte
import Testing

@Suite struct `a network that stuffs` {
    private var scene = Scene()

    private func member(_ number: Int) -> String { "203.0.113.\(number)" }

    /// Three users tried by each of ten members.
    private mutating func stuff(members: Range<Int> = 100..<110, at start: Double = 20) {
        for (step, number) in members.enumerated() {
            for user in 0..<3 { scene.fail(member(number), "u\(number).\(user)", at: start + Double(3 * step + user)) }
        }
    }

    private var named: Set<String> { Set(scene.found.flatMap(\.targets.addresses).map(\.description)) }

    @Test mutating func `is never a target itself: its members that failed are`() {
        stuff()
        #expect(!scene.found.isEmpty)
        #expect(named.isSubset(of: (100..<110).map(member)))
        #expect(named.count >= 9)
    }

    @Test mutating func `leaves alone who only signs in there`() {
        for step in 0..<10 { scene.succeed(member(7), "ceo", at: Double(step)) }
        stuff()
        #expect(!named.contains(member(7)))
        #expect(named.contains(member(100)))
    }

    @Test mutating func `leaves alone an office in it, one of whose people mistypes, and no attacker with an account of his own`() {
        for step in 0..<4 { scene.succeed(member(7), "employee\(step)", at: Double(step)) }
        scene.succeed(member(100), "mallory", at: 5)
        scene.fail(member(7), "newcomer", at: 19)
        stuff()
        #expect(!named.contains(member(7)))
        #expect(named.contains(member(100)))
    }

    @Test mutating func `has those named who join in, within the cooldown as well`() {
        stuff(members: 100..<110, at: 0)
        stuff(members: 110..<130, at: 100)
        #expect(named.isSuperset(of: (100..<125).map(member)))
        #expect(scene.found.allSatisfy { $0.sources.map(\.description) == ["203.0.113.0/24"] })
        #expect(Set(scene.found.map(\.id)).count == scene.found.count)
    }

    @Test mutating func `cannot flood: a thousand members are some thirty findings within a cooldown`() {
        for step in 0..<2000 { scene.fail("2001:db8:1:\(String(step / 2, radix: 16))::1", "user\(step)", at: Double(step) / 10) }
        #expect((10...40).contains(scene.found.count))
        #expect(scene.found.allSatisfy { $0.targets.addresses.count <= 256 })
        #expect(named.count > 900)
    }

    @Test mutating func `has each account told of that it gets into`() {
        stuff(members: 100..<120, at: 0)
        #expect(scene.succeed(member(105), "u105.1", at: 70).users == ["u105.1"])
        #expect(scene.succeed(member(106), "u106.1", at: 71).users == ["u106.1"])
        #expect(scene.succeed(member(106), "u106.1", at: 72).isEmpty)
    }

    @Test mutating func `has a member named again that comes back when it was let go`() throws {
        stuff(members: 100..<110, at: 0)
        let before = scene.found.count
        for number in 100..<110 { try scene.forget(member(number), at: 60) }
        #expect(scene.found.count == before)
        stuff(members: 100..<110, at: 100)
        #expect(scene.found.count > before)
        #expect(Set(scene.found[before...].flatMap(\.targets.addresses).map(\.description)).contains(member(101)))
    }
}

@Suite struct `clients behind a NAT64 translator` {
    @Test(arguments: ["64:ff9b::", "64:ff9b:1:fffe::", "64:ff9b:1::"])
    func `are attackers each of their own`(prefix: String) {
        var scene = Scene()
        for step in 0..<40 { scene.fail("\(prefix)c000:2\(step % 10)", nil, at: Double(step) * 200) }
        #expect(scene.found.isEmpty)
        for step in 0..<5 { scene.fail("\(prefix)c633:6401", nil, at: 9000 + Double(step)) }
        #expect(scene.found.first?.targets.addresses.map(\.description) == [IPAddress("\(prefix)c633:6401")?.description ?? ""])
    }

    @Test func `stuff from a network of IPv4 and not from all of it`() {
        var scene = Scene()
        for step in 0..<25 { scene.fail("64:ff9b::c000:2\(String(step % 10, radix: 16))", "user\(step)", at: Double(step)) }
        #expect(scene.found.last?.sources.map(\.description) == ["64:ff9b::c000:0/120"])
        scene = Scene()
        for step in 0..<60 { scene.fail("64:ff9b::c0\(10 + step % 30):201", "user\(step)", at: Double(step)) }
        #expect(scene.found.isEmpty)
    }
}
