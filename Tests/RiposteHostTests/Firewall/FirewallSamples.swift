import Riposte
import RiposteTesting

@testable import RiposteHost

let noon = ManualClock.defaultStart

func range(_ text: String) -> AddressRange { AddressRange(text) ?? AddressRange(IPAddress(v4: 0)) }

/// A decision that this address or network is banned.
func decision(banning text: String, until: Timestamp?) -> Decision {
    Decision(target: .address(range(text)), type: .ban, until: until, owners: ["e"], incidents: ["inc-1"], playbooks: ["p"], since: noon)
}

func firewallBan(_ text: String, _ left: Duration? = nil) -> FirewallBan { FirewallBan(range(text), until: left.map { noon + $0 }) }

/// What nft 1.0.6 prints of a table of ours, with numbers.
let listed = """
    table inet riposte {
    \tcomment "riposte /var/lib/riposte/riposte.db"
    \tset v4_32 {
    \t\ttype ipv4_addr
    \t\tflags timeout
    \t\telements = { 198.51.100.1 timeout 100000s expires 99999s, 198.51.100.2 timeout 90s expires 89s,
    \t\t\t     198.51.100.3 timeout 864000s expires 863999s, 203.0.113.8 timeout 3600s expires 3599s,
    \t\t\t     203.0.113.9 }
    \t}

    \tset v4_24 {
    \t\ttype ipv4_addr
    \t\tflags timeout
    \t\telements = { 192.0.2.0 timeout 1800s expires 1799s }
    \t}

    \tset v6_64 {
    \t\ttype ipv6_addr
    \t\tflags timeout
    \t\telements = { 2001:db8:bad:8:: timeout 3600s expires 3599s,
    \t\t\t     2001:db8:bad:9:: }
    \t}

    \tchain prerouting {
    \t\ttype filter hook prerouting priority -310; policy accept;
    \t\tip saddr @v4_32 drop
    \t\tip saddr & 255.255.255.0 == @v4_24 drop
    \t\tip6 saddr & ffff:ffff:ffff:ffff:: == @v6_64 drop
    \t}
    }

    """

/// The bans in it.
let listedBans = [
    firewallBan("198.51.100.1", .seconds(99999)), firewallBan("198.51.100.2", .seconds(89)), firewallBan("198.51.100.3", .seconds(863_999)),
    firewallBan("203.0.113.8", .seconds(3599)), firewallBan("203.0.113.9"), firewallBan("192.0.2.0/24", .seconds(1799)),
    firewallBan("2001:db8:bad:8::/64", .seconds(3599)), firewallBan("2001:db8:bad:9::/64"),
]
