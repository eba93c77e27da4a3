import Riposte
import Testing

@Suite struct `credential stuffing` {
    private let source = "203.0.113.9"
    private var scene = Scene()

    /// Tries users in turn.
    private mutating func stuff(_ attempts: Int, users: Int, from address: String, every seconds: Double, start: Double = 0) {
        for step in 0..<attempts { scene.fail(address, "user\(step % users)", at: start + Double(step) * seconds) }
    }

    private var stuffing: [Anomaly] { scene.found(by: .credentialStuffing) }

    @Test mutating func `fifteen users in twenty-five attempts and fifteen minutes are high`() throws {
        stuff(25, users: 15, from: source, every: 37.5)
        let anomaly = try #require(stuffing.last)
        #expect(stuffing.kinds == ["credential_stuffing medium", "credential_stuffing high"])
        #expect(anomaly.targets == TargetSet(addresses: try [#require(AddressRange(source))]))
        #expect(anomaly.summary == "203.0.113.9 tried 15 users in 25 attempts within 15m")
    }

    @Test mutating func `a microsecond more than fifteen minutes, or fourteen users, are not high`() {
        stuff(25, users: 15, from: source, every: 37.500001)
        stuff(28, users: 14, from: "203.0.113.10", every: 1)
        #expect(stuffing.map(\.severity).max() == .medium)
    }

    @Test mutating func `ten users in twenty attempts and thirty minutes are medium`() {
        stuff(19, users: 10, from: source, every: 94)
        #expect(stuffing.isEmpty)
        scene.fail(source, "user9", at: 1800)
        #expect(stuffing.kinds == ["credential_stuffing medium"])
    }

    @Test mutating func `many tries for most users are not stuffing`() {
        stuff(60, users: 20, from: source, every: 1)
        let before = stuffing.count
        #expect(before > 0)  // while each had been tried twice at most
        scene = Scene()
        for step in 0..<60 { scene.fail(source, "user\(step / 3)", at: Double(step)) }
        #expect(stuffing.isEmpty)
    }

    @Test(arguments: [(2, true), (4, false)])
    func `at most a tenth of the attempts succeeds`(successes: Int, isFound: Bool) {
        var scene = Scene()
        for step in 0..<successes { scene.succeed(source, "employee\(step)", at: Double(step)) }
        for step in 0..<25 { scene.fail(source, "user\(step)", at: 10 + Double(step)) }
        #expect(scene.found(by: .credentialStuffing).isEmpty != isFound)
    }

    @Test(arguments: [("203.0.113.", "", "203.0.113.0/24"), ("2001:db8:1:", "::1", "2001:db8:1::/48")])
    func `addresses of one network that try a few each are found together`(prefix: String, suffix: String, network: String) {
        var scene = Scene()
        for step in 0..<25 { scene.fail("\(prefix)\(step % 10)\(suffix)", "user\(step)", at: Double(step)) }
        #expect(scene.found.kinds == ["credential_stuffing medium", "credential_stuffing high"])
        let members = (0..<10).compactMap { IPAddress("\(prefix)\($0)\(suffix)").map(AddressRange.init(attackerAt:)) }
        #expect(Set(scene.found.last?.targets.addresses ?? []) == Set(members))
        #expect(scene.found.last?.sources.map(\.description) == [network])
        #expect(scene.found.last?.summary == "\(network) tried 25 users in 25 attempts from 10 addresses within 24s")
    }

    @Test mutating func `an account of one's own hides neither a network nor its members, however often it signs in`() {
        for step in 0..<27 {
            let address = "203.0.113.\(step / 3)"
            scene.succeed(address, "mallory", at: Double(step) * 10)
            scene.succeed(address, "mallory", at: Double(step) * 10 + 1)
            scene.fail(address, "user\(step)", at: Double(step) * 10 + 2)
        }
        #expect(Set(stuffing.kinds) == ["credential_stuffing medium", "credential_stuffing high"])
    }

    @Test mutating func `an address that stands out is judged alone and does not speak for its network`() {
        stuff(25, users: 15, from: source, every: 1)
        scene.fail("203.0.113.10", "user1", at: 30)
        #expect(Set(stuffing.flatMap(\.targets.addresses).map(\.description)) == [source])
        // Five attempts each: no member is inconspicuous.
        scene = Scene()
        for step in 0..<50 { scene.fail("203.0.113.\(step / 5)", "user\(step)", at: Double(step)) }
        #expect(stuffing.isEmpty)
    }

    @Test mutating func `a success for an account that it tried is critical and names the account`() throws {
        stuff(25, users: 20, from: source, every: 1)
        let found = scene.succeed(source, "user3", at: 30)
        #expect(Set(found.kinds) == ["credential_stuffing critical", "success_after_failures critical"])
        #expect(found.users == ["user3"])
        #expect(found.first?.summary.hasSuffix("and got in as user3") == true)
        #expect(found.filter { !$0.isTakeover }.isEmpty)
    }

    @Test mutating func `a success at the first try is critical and names nobody`() {
        stuff(25, users: 20, from: source, every: 1)
        let found = scene.succeed(source, "employee", at: 30)
        #expect(found.kinds == ["credential_stuffing critical"])
        #expect(found.users.isEmpty)
    }

    @Test(arguments: [("user3", ["4f2a"]), ("employee", [])])
    func `the session that was got is a target where the account is one`(user: String, expected: [String]) throws {
        var scene = Scene()
        for step in 0..<25 { scene.fail(source, "user\(step % 20)", at: Double(step)) }
        var success = Event.success(source, user, at: 30)
        success.details = EventDetails(session: "4f2a")
        let found = try #require(scene.see([success]).first { $0.detector == .credentialStuffing })
        #expect(found.targets.sessions == expected)
    }

    @Test mutating func `a network's success for an account that the same address tried is critical`() throws {
        for step in 0..<25 { scene.fail("203.0.113.\(step % 10)", "user\(step)", at: Double(step)) }
        let anomaly = try #require(scene.succeed("203.0.113.3", "user13", at: 30).first)
        #expect(anomaly.kind == "credential_stuffing critical")
        #expect(anomaly.targets.addresses.count == 10)
        #expect(anomaly.targets.addresses.first?.description == "203.0.113.3")
        #expect(anomaly.targets.users == ["user13"])
    }

    @Test mutating func `five hundred accounts tried once or twice each are no target`() {
        for step in 0..<900 { scene.fail(source, "user\(step % 500)", at: Double(step)) }
        #expect(Set(scene.found.map(\.detector)) == [.bruteForceByAddress, .credentialStuffing])
        #expect(scene.found.users.isEmpty)
    }

    @Test mutating func `it is found again only after the cooldown`() {
        stuff(700, users: 500, from: source, every: 2)
        let times = stuffing.map { ($0.last - Scene.start).microseconds / 1_000_000 }
        #expect(times == [38, 48, 648, 1248])
    }

    @Test mutating func `a late attempt completes the network's picture`() {
        for step in 0..<25 where step != 12 { scene.fail("203.0.113.\(step % 10)", "user\(step)", at: Double(step)) }
        #expect(stuffing.kinds == ["credential_stuffing medium"])
        scene.fail("203.0.113.2", "user12", at: 12)
        #expect(stuffing.kinds == ["credential_stuffing medium", "credential_stuffing high"])
        #expect(stuffing.last?.last == Scene.start + .seconds(24))
    }
}
