import Riposte
import Testing

@testable import RiposteHost

@Suite struct `a change of the firewall` {
    private let table = FirewallTable(name: "riposte", store: "/r.db")

    private func script(_ body: (inout FirewallScript) -> Void) -> String {
        var script = FirewallScript(table, now: noon)
        body(&script)
        return script.text
    }

    @Test func `makes the table anew, with its owner's name, before destination NAT`() {
        #expect(
            script { $0.rebuild() } == """
                add table inet riposte
                delete table inet riposte
                add table inet riposte { comment "riposte /r.db"; }
                add chain inet riposte prerouting { type filter hook prerouting priority -310; policy accept; }

                """)
    }

    @Test func `declares each set once, IPv4 and long prefixes first`() {
        let sets = ["2001:db8::/64", "10.0.0.0/24", "10.0.0.1", "10.0.0.2"].map { FirewallSet(range($0)) }
        #expect(
            script { $0.declare(sets) } == """
                add set inet riposte v4_32 { type ipv4_addr; flags timeout; }
                add rule inet riposte prerouting ip saddr @v4_32 drop
                add set inet riposte v4_24 { type ipv4_addr; flags timeout; }
                add rule inet riposte prerouting ip saddr & 255.255.255.0 == @v4_24 drop
                add set inet riposte v6_64 { type ipv6_addr; flags timeout; }
                add rule inet riposte prerouting ip6 saddr & ffff:ffff:ffff:ffff:: == @v6_64 drop

                """)
    }

    @Test func `takes each ban away before it is put, so that its time is the new one`() {
        let bans = [firewallBan("203.0.113.9", .minutes(10)), firewallBan("203.0.113.8"), firewallBan("2001:db8::/64", .seconds(1))]
        #expect(
            script { $0.put(bans) } == """
                add element inet riposte v4_32 { 203.0.113.9, 203.0.113.8 }
                add element inet riposte v6_64 { 2001:db8:: }
                delete element inet riposte v4_32 { 203.0.113.9, 203.0.113.8 }
                delete element inet riposte v6_64 { 2001:db8:: }
                add element inet riposte v4_32 { 203.0.113.9 timeout 10m, 203.0.113.8 }
                add element inet riposte v6_64 { 2001:db8:: timeout 1s }

                """)
    }

    @Test func `lifts a ban that may not be there`() {
        #expect(
            script { $0.lift([firewallBan("203.0.113.9")]) } == """
                add element inet riposte v4_32 { 203.0.113.9 }
                delete element inet riposte v4_32 { 203.0.113.9 }

                """)
    }

    @Test func `says nothing where nothing changes`() {
        #expect(script { $0.put([]) } == "")
        #expect(script { $0.lift([]) } == "")
        #expect(script { $0.declare([]) } == "")
    }

    @Test func `removes the table and nothing else`() { #expect(script { $0.remove() } == "delete table inet riposte\n") }

    @Test(arguments: [
        (Duration.seconds(1), "1s"), (.seconds(60), "1m"), (.seconds(3661), "1h1m1s"), (.seconds(100_000), "1d3h46m40s"),
        (.seconds(86400 * 3650), "3650d"), (.milliseconds(1), "1s"), (.milliseconds(1001), "2s"), (.zero, "1s"), (.seconds(-5), "1s"),
    ])
    func `writes a time as nft reads it, rounded up`(length: Duration, text: String) throws {
        #expect(FirewallScript.timeout(length) == text)
        #expect(try #require(FirewallListing.duration(text[...])) >= length)
    }
}
