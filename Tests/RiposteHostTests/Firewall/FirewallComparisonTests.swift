import Riposte
import Testing

@testable import RiposteHost

@Suite struct `the firewall compared with what should hold` {
    private let table = FirewallTable(name: "riposte", store: "/var/lib/riposte/riposte.db")

    private func drift(_ changes: (String, String)..., wanted: [FirewallBan] = listedBans) -> EnforcementDrift {
        FirewallComparison(listing(changes), wanted: wanted, now: noon).drift
    }

    private func listing(_ changes: [(String, String)] = []) -> FirewallListing {
        FirewallListing(changes.reduce(listed) { $0.replacing($1.0, with: $1.1) }, now: noon)
    }

    private func repair(_ listing: FirewallListing?, _ wanted: [FirewallBan]) -> String? {
        FirewallComparison(listing, wanted: wanted, now: noon).repair(of: listing, table, now: noon)?.text
    }

    @Test func `is the same where it is`() {
        #expect(drift().isEmpty)
        #expect(repair(listing(), listedBans) == nil)
    }

    @Test func `lacks bans, has too many, or lets them end at another time`() {
        let wanted = listedBans.dropFirst() + [firewallBan("203.0.113.77", .minutes(5)), firewallBan("203.0.113.78")]
        #expect(drift(wanted: Array(wanted)) == EnforcementDrift(missing: 2, surplus: 1))
        #expect(drift(("expires 89s", "expires 83s")) == EnforcementDrift(wrongEnd: 1))
        #expect(drift(("expires 89s", "expires 95s")) == EnforcementDrift(wrongEnd: 1))
        #expect(drift(("expires 89s", "expires 85s"), ("expires 99999s", "expires 100004s")).isEmpty, "what rounding and reading take")
        #expect(drift((" timeout 90s expires 89s", "")) == EnforcementDrift(wrongEnd: 1), "without end")
        #expect(drift(("203.0.113.9 }", "203.0.113.9 timeout 90s expires 89s }")) == EnforcementDrift(wrongEnd: 1), "with an end")
    }

    @Test func `is the same while bans come to their end, which the kernel sees to by itself`() {
        let ended = listedBans + [firewallBan("203.0.113.77", .zero), firewallBan("203.0.113.78", .seconds(-2))]
        #expect(drift(wanted: ended).isEmpty, "ended while the table was read")
        let late = ("203.0.113.9 }", "203.0.113.9, 203.0.113.77 timeout 60s expires 4s }")
        #expect(drift(late).isEmpty, "ends later there than here")
        #expect(drift((late.0, "203.0.113.9, 203.0.113.77 timeout 60s expires 6s }")) == EnforcementDrift(surplus: 1))
        #expect(drift(wanted: listedBans + [firewallBan("203.0.113.77", .seconds(1))]) == EnforcementDrift(missing: 1))
    }

    @Test func `is put right by the elements alone where nothing else is off`() throws {
        let wanted = listedBans.dropFirst() + [firewallBan("203.0.113.77", .minutes(5)), firewallBan("10.1.0.0/16")]
        let text = try #require(repair(listing(), Array(wanted)))
        #expect(
            text == """
                add set inet riposte v4_16 { type ipv4_addr; flags timeout; }
                add rule inet riposte prerouting ip saddr & 255.255.0.0 == @v4_16 drop
                add element inet riposte v4_32 { 198.51.100.1 }
                delete element inet riposte v4_32 { 198.51.100.1 }
                \(try elements(text, "add", "v4_32", 2))
                add element inet riposte v4_16 { 10.1.0.0 }
                delete element inet riposte v4_32 { 203.0.113.77 }
                delete element inet riposte v4_16 { 10.1.0.0 }
                add element inet riposte v4_32 { 203.0.113.77 timeout 5m }
                add element inet riposte v4_16 { 10.1.0.0 }

                """)
    }

    /// The so-manieth command of this kind.
    private func elements(_ text: String, _ verb: String, _ set: String, _ number: Int) throws -> String {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("\(verb) element inet riposte \(set) ") }
        return String(try #require(lines.dropFirst(number - 1).first))
    }

    @Test func `has something wrong around the bans, and is made anew`() throws {
        let rule = "\t\tip saddr @v4_32 drop\n"
        let cases: [((String, String), [String])] = [
            (("\tcomment", "\tflags dormant\n\tcomment"), ["the table was put to sleep"]),
            ((rule, ""), ["the rule “ip saddr @v4_32 drop” was missing"]),
            ((rule, rule + rule), ["the rule “ip saddr @v4_32 drop” was one too many"]),
            ((rule, rule + "\t\taccept\n"), ["the rule “accept” was one too many"]),
            (
                (rule, "\t\tip saddr @v4_32 accept\n"),
                [
                    "the rule “ip saddr @v4_32 drop” was missing", "the rule “ip saddr @v4_32 accept” was one too many",
                ]
            ),
            (("\tset v4_24", "\tset mine {\n\t\ttype inet_service\n\t}\n\tset v4_24"), ["the set mine is not ours"]),
            (("\tchain prerouting", "\tchain other {\n\t}\n\tchain prerouting"), ["“chain other {” is not ours"]),
            (("priority -310", "priority 0"), ["the chain was hooked to something else"]),
            (("policy accept", "policy drop"), ["the chain was hooked to something else"]),
            (("type ipv6_addr\n\t\tflags timeout", "type ipv6_addr\n\t\tflags interval,timeout"), ["the set v6_64 was another one"]),
        ]
        for (change, structure) in cases {
            #expect(drift(change) == EnforcementDrift(structure: structure))
            let text = try #require(repair(listing([change]), listedBans))
            #expect(text.hasPrefix("add table inet riposte\ndelete table inet riposte\nadd table inet riposte {"))
        }
        #expect(
            FirewallComparison(nil, wanted: listedBans, now: noon).drift == EnforcementDrift(missing: 8, structure: ["there was no table"]))
        let bare = FirewallListing("table inet riposte {\n}\n", now: noon)
        #expect(FirewallComparison(bare, wanted: [], now: noon).drift == EnforcementDrift(structure: ["the chain was missing"]))
    }

    @Test func `tells which sets there are when it is right`() {
        let wanted = [firewallBan("10.1.0.0/16")]
        #expect(
            FirewallComparison(listing(), wanted: wanted, now: noon).sets(of: listing()).map(\.name).sorted() == [
                "v4_16", "v4_24", "v4_32", "v6_64",
            ])
        #expect(FirewallComparison(nil, wanted: wanted, now: noon).sets(of: nil).map(\.name) == ["v4_16"])
    }

    @Test func `does not mind how a version of nft writes a masked look-up`() { #expect(drift((" == @", " @")).isEmpty) }
}
