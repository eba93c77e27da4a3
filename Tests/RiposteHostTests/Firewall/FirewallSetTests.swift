import Riposte
import Testing

@testable import RiposteHost

@Suite struct `a set of the firewall` {
    @Test(arguments: [
        ("203.0.113.9", "v4_32", "ip saddr @v4_32 drop"),
        ("203.0.113.0/24", "v4_24", "ip saddr & 255.255.255.0 == @v4_24 drop"),
        ("198.51.96.0/20", "v4_20", "ip saddr & 255.255.240.0 == @v4_20 drop"),
        ("0.0.0.0/0", "v4_0", "ip saddr & 0.0.0.0 == @v4_0 drop"),
        ("2001:db8::1", "v6_128", "ip6 saddr @v6_128 drop"),
        ("2001:db8:bad:8::/64", "v6_64", "ip6 saddr & ffff:ffff:ffff:ffff:: == @v6_64 drop"),
        ("2001:db8::/48", "v6_48", "ip6 saddr & ffff:ffff:ffff:: == @v6_48 drop"),
    ])
    func `holds the networks of one family and length`(network: String, name: String, rule: String) throws {
        let set = FirewallSet(range(network))
        #expect(set.name == name)
        #expect(set.rule == rule)
        #expect(set.type == (name.hasPrefix("v4") ? "ipv4_addr" : "ipv6_addr"))
        #expect(FirewallSet(name: name) == set)
        #expect(set.range("\(range(network).network)") == range(network))
    }

    @Test(arguments: [
        "", "v4", "v4_", "v4_33", "v4_-1", "v4_032", "v4_+2", "v4_٣٢", "v6_129", "v5_32", "V4_32", "v4_32_", "v4_32 ", "x_v4_32",
    ])
    func `has no other name`(name: String) { #expect(FirewallSet(name: name) == nil) }

    @Test func `takes no element of another family or with bits beyond its length`() {
        let set = FirewallSet(range("203.0.113.0/24"))
        for text in ["203.0.113.1", "2001:db8::", "", "203.0.113", "203.0.113.0/24", "@v4_32"] {
            #expect(set.range(text) == nil, "\(text)")
        }
    }
}

@Suite struct `the table of the firewall` {
    @Test(arguments: ["riposte", "riposte2", "riposte-web_1"])
    func `may be called`(name: String) { #expect(NftablesEnforcer.isTableName(name)) }

    @Test(arguments: [
        "", "filter", "Riposte", "my-riposte", "riposte web", "riposte;", "riposte\n", "riposte{", "ripostё",
        "riposte" + String(repeating: "x", count: 58),
    ])
    func `may not be called`(name: String) {
        #expect(!NftablesEnforcer.isTableName(name))
        let error = #expect(throws: EnforcementError.self) { try NftablesEnforcer(table: name, store: "/r.db") }
        #expect(error?.kind == .permanent)
    }

    @Test func `names its store, whatever that is called`() {
        #expect(FirewallTable(name: "riposte", store: "/var/lib/riposte/riposte.db").owner == "riposte /var/lib/riposte/riposte.db")
        let odd = ["/a\"; flush ruleset; \"", "/a\nb", "/a\\", "/ä", "/" + String(repeating: "x", count: 200)]
        for store in odd {
            let owner = FirewallTable(name: "riposte", store: store).owner
            #expect(owner.utf8.count <= 127, "a comment has room for no more")
            #expect(owner.hasPrefix("riposte #"))
            #expect(owner.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 || $0 == 0x20 })
        }
        #expect(Set(odd.map { FirewallTable(name: "riposte", store: $0).owner }).count == odd.count)
    }
}
