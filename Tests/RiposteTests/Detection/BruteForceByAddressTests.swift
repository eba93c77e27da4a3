import Riposte
import Testing

@Suite struct `brute force by address` {
    private let attacker = "203.0.113.9"
    private var scene = Scene()

    @Test mutating func `five failures in ten minutes are medium, and the fifth counts at exactly ten minutes`() throws {
        for time in [0.0, 100, 200, 300] { #expect(scene.fail(attacker, nil, at: time).isEmpty) }
        let anomaly = try #require(scene.fail(attacker, nil, at: 600).first)
        #expect(anomaly.kind == "brute_force.ip medium")
        #expect(anomaly.count == 5)
        #expect(anomaly.targets == TargetSet(addresses: try [#require(AddressRange(attacker))]))
        #expect(anomaly.sources.map(\.description) == [attacker])
        #expect(anomaly.summary == "5 failed sign-ins from 203.0.113.9 within 10m")
        #expect(anomaly.last - anomaly.first == .minutes(10))
    }

    @Test mutating func `a microsecond later the fifth failure finds only four`() {
        for time in [0.0, 100, 200, 300] { scene.fail(attacker, nil, at: time) }
        #expect(scene.fail(attacker, nil, at: 600.000001).isEmpty)
    }

    @Test mutating func `ten failures in fifteen minutes are high at once, inside the cooldown of the medium finding`() {
        for step in 0..<9 { scene.fail(attacker, nil, at: Double(step) * 100) }
        #expect(scene.found.kinds == ["brute_force.ip medium"])
        #expect(scene.fail(attacker, nil, at: 900).kinds == ["brute_force.ip high"])
    }

    @Test mutating func `the tenth failure a microsecond after fifteen minutes is not high`() {
        for step in 0..<9 { scene.fail(attacker, nil, at: Double(step) * 100) }
        #expect(scene.fail(attacker, nil, at: 900.000001).isEmpty)
    }

    @Test mutating func `twenty slow failures in six hours are high`() {
        for step in 0..<19 { #expect(scene.fail(attacker, nil, at: Double(step) * 1136).isEmpty) }
        #expect(scene.fail(attacker, nil, at: 21_600).kinds == ["brute_force.ip high"])
    }

    @Test mutating func `forty very slow failures in twenty-four hours are high`() {
        for step in 0..<39 { #expect(scene.fail(attacker, nil, at: Double(step) * 2215).isEmpty) }
        #expect(scene.fail(attacker, nil, at: 86_400).kinds == ["brute_force.ip high"])
    }

    @Test(arguments: [(2, true), (3, false)])
    func `slow failures are not an attack where more than a tenth of the attempts succeeds`(successes: Int, isFound: Bool) {
        var scene = Scene()
        for step in 0..<successes { scene.succeed(attacker, "employee\(step)", at: Double(step)) }
        for step in 0..<20 { scene.fail(attacker, nil, at: 100 + Double(step) * 1000) }
        #expect(scene.found.isEmpty != isFound)
    }

    @Test mutating func `an account of one's own does not hide slow failures, however often it signs in`() {
        for step in 0..<20 {
            for sign in 0..<5 { scene.succeed(attacker, "mallory", at: Double(step) * 1000 + Double(sign)) }
            scene.fail(attacker, "alice", at: 100 + Double(step) * 1000)
        }
        #expect(scene.found.kinds == ["brute_force.ip high"])
    }

    @Test mutating func `the same finding is made again only after the cooldown`() {
        for time in stride(from: 0.0, through: 1200, by: 60) { scene.fail(attacker, nil, at: time) }
        let offsets = scene.found.map { $0.kind + " \(($0.last - Scene.start).microseconds / 60_000_000)m" }
        #expect(offsets == ["brute_force.ip medium 4m", "brute_force.ip high 9m", "brute_force.ip high 19m"])
    }

    @Test mutating func `a second attack after the cooldown is found again`() {
        for attack in [0.0, 3600] { for step in 0..<5 { scene.fail(attacker, nil, at: attack + Double(step)) } }
        #expect(scene.found.kinds == ["brute_force.ip medium", "brute_force.ip medium"])
        #expect(Set(scene.found.map(\.id)).count == 2)
    }

    @Test mutating func `IPv6 addresses of one /64 are one attacker`() {
        for step in 0..<5 { scene.fail("2001:db8:1:1::\(step)", nil, at: Double(step)) }
        #expect(scene.found.first?.targets.addresses.map(\.description) == ["2001:db8:1:1::/64"])
    }

    @Test mutating func `neighbouring IPv4 addresses and /64s are different attackers`() {
        for step in 0..<5 { scene.fail("203.0.113.\(step)", nil, at: Double(step)) }
        for step in 0..<5 { scene.fail("2001:db8:1:\(step)::1", nil, at: Double(step)) }
        #expect(scene.found.isEmpty)
    }

    @Test mutating func `a line that says repeated N times counts N`() {
        scene.fail(attacker, nil, at: 0)
        let anomaly = scene.fail(attacker, nil, at: 1, count: 4).first
        #expect(anomaly?.kind == "brute_force.ip medium")
        #expect(anomaly?.count == 5)
        #expect(anomaly?.evidence.map(\.count) == [1, 4])
    }

    @Test mutating func `a count beyond all bounds is taken for what is kept`() {
        #expect(scene.fail(attacker, "alice", at: 0, count: .max).first?.count == 128)
    }

    @Test mutating func `a late failure is put in its place and completes the attack`() {
        for time in [0.0, 10, 30, 40] { scene.fail(attacker, nil, at: time) }
        let anomaly = scene.fail(attacker, nil, at: 20).first
        #expect(anomaly?.kind == "brute_force.ip medium")
        #expect(anomaly?.last == Scene.start + .seconds(40))
        #expect(anomaly?.evidence.map(\.time) == [0, 10, 20, 30, 40].map { Scene.start + .seconds($0) })
    }

    @Test mutating func `a late failure does not complete a window that it is not in`() {
        for time in [700.0, 710, 720, 730] { scene.fail(attacker, nil, at: time) }
        #expect(scene.fail(attacker, nil, at: 100).isEmpty)
    }

    @Test mutating func `an attack of hours ago that comes late is found as well`() {
        for step in 0..<5 { scene.fail(attacker, nil, at: 7200 + Double(step)) }
        for step in 0..<5 { scene.fail(attacker, nil, at: Double(step)) }
        #expect(scene.found.map { ($0.last - Scene.start).microseconds / 1_000_000 } == [7204, 4])
    }

    @Test mutating func `an account with five failures is named, those with fewer are not`() {
        for step in 0..<5 { scene.fail(attacker, "alice", at: Double(step)) }
        for step in 5..<9 { scene.fail(attacker, "bob", at: Double(step)) }
        let high = scene.fail(attacker, nil, at: 9).first
        #expect(high?.kind == "brute_force.ip high")
        #expect(high?.targets.users == ["alice"])
    }

    @Test mutating func `an account that does not exist is never named`() {
        for step in 0..<40 { scene.fail(attacker, "admin", at: Double(step), .unknownUser) }
        #expect(scene.found.count == 2)
        #expect(scene.found.users.isEmpty)
    }

    @Test(arguments: [Event.Reason.locked, .disabled, .expired])
    func `a locked, disabled or expired account's failures count towards the address and never the user`(reason: Event.Reason) {
        var scene = Scene()
        for step in 0..<40 { scene.fail("203.0.113.\(step % 8)", "alice", at: Double(step), reason) }
        #expect(Set(scene.found.map(\.detector)) == [.bruteForceByAddress])
        #expect(scene.found.users.isEmpty)
    }

    @Test mutating func `only failed sign-ins count`() {
        for step in 0..<40 {
            var event = Event.failure(attacker, "alice", at: Double(step))
            event.outcome = .unknown
            scene.see([event])
            event.outcome = .failure
            event.kind = .mfa
            scene.see([event])
        }
        #expect(scene.found.isEmpty)
        #expect(scene.engine.trackedKeys == 0)
    }
}
