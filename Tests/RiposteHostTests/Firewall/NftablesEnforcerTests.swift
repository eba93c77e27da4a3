import Riposte
import RiposteTesting
import Testing

@testable import RiposteHost

@Suite(.timeLimit(.minutes(2)), .enabled(if: TestNetwork.isPossible, "needs root, nft, and the right to make network namespaces"))
struct `nftables in a real kernel` {
    private let network: TestNetwork
    private let clock = SystemClock()

    init() throws { network = try TestNetwork() }

    private func enforcer(_ table: String = "riposte", store: String = "/var/lib/riposte/riposte.db") throws -> NftablesEnforcer {
        try NftablesEnforcer(name: "firewall", table: table, store: store, clock: clock, network: network.path)
    }

    /// One whose table is there.
    private func readyEnforcer() async throws -> NftablesEnforcer {
        let enforcer = try enforcer()
        _ = try await enforcer.reconcile([])
        return enforcer
    }

    private func ban(_ text: String, for length: Duration? = .hours(1)) -> Decision {
        decision(banning: text, until: length.map { clock.now() + $0 })
    }

    private func listing(_ table: String = "riposte") async throws -> FirewallListing {
        let text = try await network.nft("list table inet \(table)")
        return FirewallListing(text.split(separator: "\n").map(Self.withoutHandle).joined(separator: "\n"), now: clock.now())
    }

    private static func withoutHandle(_ line: Substring) -> Substring {
        line.firstRange(of: " # handle").map { line[..<$0.lowerBound] } ?? line
    }

    /// What is banned in the kernel, by network.
    private var held: [String] { get async throws { try await listing().bans.keys.sorted().map(\.description) } }

    private func left(_ text: String) async throws -> Duration {
        let ban = try #require(try await listing().bans[range(text)])
        return try #require(ban.until) - clock.now()
    }

    @Test func `takes a ban until the year 9999, and does not find it ending at another time`() async throws {
        let enforcer = try await readyEnforcer()
        let far = decision(banning: "203.0.113.9", until: Timestamp(seconds: 253_402_300_799))
        try await enforcer.apply([far], lifting: [])
        #expect(try await held == ["203.0.113.9"])
        #expect(try await enforcer.compare([far]).isEmpty)
        try await enforcer.apply([], lifting: [far.key])
        #expect(try await held == [])
    }

    @Test func `takes bans of addresses and networks of both families, and lifts them`() async throws {
        let enforcer = try await readyEnforcer()
        let networks = ["203.0.113.9", "203.0.113.0/24", "198.51.96.0/20", "2001:db8::1", "2001:db8:bad:8::/64", "2001:db8:1::/48"]
        let bans = networks.map { ban($0) } + [ban("192.0.2.1", for: nil)]
        try await enforcer.apply(bans, lifting: [])
        #expect(Set(try await held) == Set(networks + ["192.0.2.1"]))
        #expect(try await listing().strange == [])
        #expect(try await listing().bans[range("192.0.2.1")]?.until == nil)
        for network in networks { #expect((Duration.minutes(59) ... .minutes(61)).contains(try await left(network)), "\(network)") }
        #expect(try await enforcer.compare(bans).isEmpty)

        let lifted = networks.dropFirst(2).map { ban($0).key }
        try await enforcer.apply([], lifting: Array(lifted) + [ban("10.9.9.9").key, ban("10.9.0.0/16").key])
        #expect(Set(try await held) == ["203.0.113.9", "203.0.113.0/24", "192.0.2.1"], "what is not there is lifted already")
    }

    @Test func `renews a ban, and lets it end when it is told and at no other time`() async throws {
        let enforcer = try await readyEnforcer()
        try await enforcer.apply([ban("203.0.113.9", for: .minutes(10)), ban("203.0.113.8", for: .minutes(10))], lifting: [])
        try await enforcer.apply([ban("203.0.113.9", for: .hours(5))], lifting: [])
        #expect((Duration.minutes(299) ... .minutes(301)).contains(try await left("203.0.113.9")))
        #expect((Duration.minutes(9) ... .minutes(11)).contains(try await left("203.0.113.8")))
        try await enforcer.apply([ban("203.0.113.9", for: .minutes(2))], lifting: [])
        #expect((Duration.minutes(1) ... .minutes(3)).contains(try await left("203.0.113.9")))
        try await enforcer.apply([ban("203.0.113.9", for: nil)], lifting: [])
        #expect(try await listing().bans[range("203.0.113.9")]?.until == nil)
    }

    @Test func `passes over throttles and bans of accounts`() async throws {
        let enforcer = try await readyEnforcer()
        var throttle = ban("203.0.113.9")
        throttle.type = .throttle
        var account = ban("203.0.113.8")
        account.target = .user("alice")
        try await enforcer.apply([throttle, account], lifting: [account.key, throttle.key])
        #expect(try await held == [])
        #expect(try await enforcer.reconcile([throttle, account]).isEmpty)
    }

    @Test func `lets networks overlap, each with an end of its own`() async throws {
        let enforcer = try await readyEnforcer()
        try await enforcer.apply([ban("203.0.113.0/24", for: .minutes(10)), ban("203.0.0.0/20", for: nil)], lifting: [])
        try await enforcer.apply([ban("203.0.113.0/28", for: .hours(3)), ban("203.0.113.1", for: .seconds(90))], lifting: [])
        #expect(try await held == ["203.0.0.0/20", "203.0.113.0/24", "203.0.113.0/28", "203.0.113.1"])
        #expect(try await left("203.0.113.0/24") < .minutes(11))
        #expect(try await left("203.0.113.0/28") > .minutes(170))
        try await enforcer.apply([], lifting: [ban("203.0.113.0/24").key])
        #expect(try await held == ["203.0.0.0/20", "203.0.113.0/28", "203.0.113.1"])
    }

    @Test func `takes eleven thousand bans at once, more than a set of sixteen bits has room for in all, and single ones afterwards`()
        async throws
    {
        let enforcer = try await readyEnforcer()
        let crowd = (0..<66000).map { number in
            ban("\(IPAddress(v4: 0x0A00_0000 + UInt32(number)))", for: .hours(1))
        }
        for start in stride(from: 0, to: crowd.count, by: 11000) {
            try await enforcer.apply(Array(crowd[start..<start + 11000]), lifting: [])
        }
        try await enforcer.apply([ban("203.0.113.9")], lifting: [crowd[0].key])
        let wanted = crowd.dropFirst() + [ban("203.0.113.9")]
        #expect(try await enforcer.compare(Array(wanted)).isEmpty)
        // And from nothing, in one transaction.
        try await network.nft("delete table inet riposte")
        #expect(try await enforcer.reconcile(Array(wanted)) == EnforcementDrift(missing: 66000, structure: ["there was no table"]))
        #expect(try await enforcer.compare(Array(wanted)).isEmpty)
    }

    @Test func `ends a ban in the kernel when its time is over, whether anybody is there or not`() async throws {
        do {
            let enforcer = try await readyEnforcer()
            try await enforcer.apply([ban("203.0.113.9", for: .seconds(15)), ban("203.0.113.8")], lifting: [])
            #expect(try await held == ["203.0.113.8", "203.0.113.9"])
        }
        try await until { try await held == ["203.0.113.8"] }
    }

    @Test func `is taken over by the next process without a change`() async throws {
        let wanted = [ban("203.0.113.9"), ban("2001:db8:bad:8::/64"), ban("203.0.113.0/24", for: nil)]
        let first = try enforcer()
        #expect(try await first.reconcile(wanted) == EnforcementDrift(missing: 3, structure: ["there was no table"]))
        let before = try await network.nft("list table inet riposte").split(separator: " ").filter {
            !$0.hasSuffix("s") && !$0.hasSuffix("s,")
        }
        let next = try enforcer()
        #expect(try await next.reconcile(wanted).isEmpty)
        let after = try await network.nft("list table inet riposte").split(separator: " ").filter {
            !$0.hasSuffix("s") && !$0.hasSuffix("s,")
        }
        #expect(after == before, "handles and all")
        try await next.apply([], lifting: [wanted[0].key])
        #expect(try await held == ["203.0.113.0/24", "2001:db8:bad:8::/64"])
    }

    @Test(arguments: ["/a\"; flush ruleset; \"", "/a\n\\b", "/" + String(repeating: "x", count: 300), "/tmp/a b/ä.db"])
    func `knows its table again, whatever its store is called`(store: String) async throws {
        #expect(try await !enforcer(store: store).reconcile([]).isEmpty)
        #expect(try await enforcer(store: store).reconcile([]).isEmpty)
        await #expect(throws: EnforcementError.self) { try await enforcer(store: "/other.db").reconcile([]) }
    }

    private static let tampering: [(String, EnforcementDrift)] = [
        ("delete table inet riposte", EnforcementDrift(missing: 3, structure: ["there was no table"])),
        ("flush ruleset", EnforcementDrift(missing: 3, structure: ["there was no table"])),
        ("flush set inet riposte v4_32", EnforcementDrift(missing: 1)),
        ("add element inet riposte v4_32 { 10.0.0.1, 10.0.0.2 timeout 1h }", EnforcementDrift(surplus: 2)),
        ("delete element inet riposte v4_24 { 203.0.113.0 }", EnforcementDrift(missing: 1)),
        (
            "delete element inet riposte v4_32 { 203.0.113.9 }\nadd element inet riposte v4_32 { 203.0.113.9 timeout 5m }",
            EnforcementDrift(wrongEnd: 1)
        ),
        (
            "flush chain inet riposte prerouting",
            EnforcementDrift(structure: [
                "the rule “ip saddr & 255.255.255.0 @v4_24 drop” was missing", "the rule “ip saddr @v4_32 drop” was missing",
                "the rule “ip6 saddr & ffff:ffff:ffff:ffff:: @v6_64 drop” was missing",
            ])
        ),
        ("insert rule inet riposte prerouting accept", EnforcementDrift(structure: ["the rule “accept” was one too many"])),
        ("add table inet riposte { flags dormant; }", EnforcementDrift(structure: ["the table was put to sleep"])),
        ("add chain inet riposte theirs", EnforcementDrift(structure: ["“chain theirs {” is not ours"])),
        ("add chain inet riposte prerouting { policy drop; }", EnforcementDrift(structure: ["the chain was hooked to something else"])),
        (
            "add set inet riposte theirs { type inet_service; elements = { 22, 80 }; }",
            EnforcementDrift(structure: ["“element  22” is not ours", "“element  80 ” is not ours", "the set theirs is not ours"])
        ),
        (
            """
            delete table inet riposte
            add table inet riposte { comment "riposte /var/lib/riposte/riposte.db"; }
            """, EnforcementDrift(missing: 3, structure: ["the chain was missing"])
        ),
    ]

    @Test(arguments: tampering) func `puts right what somebody has changed, and says what`(
        command: String, drift: EnforcementDrift
    ) async throws {
        let enforcer = try enforcer()
        let wanted = [ban("203.0.113.9"), ban("203.0.113.0/24"), ban("2001:db8:bad:8::/64")]
        _ = try await enforcer.reconcile(wanted)
        try await network.nft(command)
        #expect(try await enforcer.compare(wanted) == drift)
        #expect(try await enforcer.reconcile(wanted) == drift)
        #expect(try await enforcer.compare(wanted).isEmpty)
        try await enforcer.apply([ban("203.0.113.77")], lifting: [wanted[0].key])
        #expect(try await enforcer.compare(wanted.dropFirst() + [ban("203.0.113.77")]).isEmpty)
    }

    @Test func `fails a change while its table is gone, and not silently`() async throws {
        let enforcer = try await readyEnforcer()
        try await enforcer.apply([ban("203.0.113.9")], lifting: [])
        try await network.nft("flush ruleset")
        for _ in 0..<2 {
            let error = await #expect(throws: EnforcementError.self) { try await enforcer.apply([ban("203.0.113.8")], lifting: []) }
            #expect(error?.kind == .transient)
        }
        let error = await #expect(throws: EnforcementError.self) { try await enforcer.apply([ban("203.0.113.8")], lifting: []) }
        #expect(error?.description == "the table riposte has to be put right first: there was no table")
        _ = try await enforcer.reconcile([ban("203.0.113.9")])
        try await enforcer.apply([ban("203.0.113.8")], lifting: [])
        #expect(try await held == ["203.0.113.8", "203.0.113.9"])
    }

    @Test(arguments: ["add table inet riposte", "add table inet riposte { comment \"somebody's\"; }"])
    func `leaves a table of its name alone that is not its own`(made: String) async throws {
        try await network.nft(made)
        try await network.nft("add set inet riposte theirs { type ipv4_addr; elements = { 10.0.0.1 }; }")
        let before = try await network.nft("list ruleset")
        let enforcer = try enforcer()
        for attempt in 1...2 {
            let calls: [() async throws -> Void] = [
                { _ = try await enforcer.reconcile([ban("203.0.113.9")]) }, { _ = try await enforcer.compare([]) },
                { _ = try await enforcer.remove() }, { try await enforcer.apply([ban("203.0.113.9")], lifting: []) },
            ]
            for call in calls {
                let error = await #expect(throws: EnforcementError.self, "attempt \(attempt)") { try await call() }
                #expect(error?.kind == .permanent)
                #expect(error?.description.contains("is not this store's") == true)
            }
        }
        #expect(try await network.nft("list ruleset") == before)
    }

    @Test func `touches no other table, whatever it does`() async throws {
        try await network.nft(
            """
            add table inet filter
            add set inet filter blocked { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }; }
            add chain inet filter input { type filter hook input priority 0; policy accept; }
            add rule inet filter input ip saddr @blocked counter drop
            add table ip nat
            add chain ip nat prerouting { type nat hook prerouting priority -100; }
            add rule ip nat prerouting tcp dport 2222 redirect to :22
            add table ip riposte { comment "of another family"; }
            """)
        func others() async throws -> String {
            var text = ""
            for table in ["inet filter", "ip nat", "ip riposte"] { text += try await network.nft("list table \(table)") }
            return text
        }
        let before = try await others()
        let (enforcer, other) = (try enforcer(), try enforcer("riposte-web"))
        _ = try await other.reconcile([ban("198.51.100.1")])
        _ = try await enforcer.reconcile([ban("203.0.113.9")])
        try await enforcer.apply([ban("203.0.113.0/24")], lifting: [ban("203.0.113.9").key])
        try await network.nft("add rule inet riposte prerouting accept")
        _ = try await enforcer.reconcile([ban("203.0.113.8")])
        #expect(try await others() == before)
        #expect(try await enforcer.remove())
        #expect(try await !enforcer.remove())
        #expect(try await others() == before)
        await #expect(throws: TestNetwork.Refusal.self) { try await listing() }
        #expect(try await listing("riposte-web").bans.count == 1, "of another enforcer")
        #expect(try await other.remove())
        #expect(try await network.nft("list ruleset") == before)
    }

    @Test func `cannot work where there is no such network, and says so at each call`() async throws {
        let enforcer = try NftablesEnforcer(name: "f", table: "riposte", store: "/r.db", clock: clock, network: "/nowhere/net")
        for _ in 0..<2 {
            let error = await #expect(throws: EnforcementError.self) { try await enforcer.reconcile([]) }
            #expect(error?.description == "cannot enter the network “/nowhere/net”: No such file or directory")
            #expect(error?.kind == .permanent)
        }
    }
}
