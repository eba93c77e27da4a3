import Riposte
import Testing

@Suite struct `an address` {
    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"), ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("fe80:0:0:0:0:0:0:1", "fe80::1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ])
    func `has one spelling`(text: String, canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", ":1",
        "1:", "fe80::1%eth0",
        "1::2:3:4:5:6:7:8", "a.b.c.d", "::1.2.3", "1.2.3.4 ",
    ])
    func `is not read from anything else`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `lies in its network`() throws {
        let network = try #require(AddressRange("203.0.113.77/24"))
        #expect(network.description == "203.0.113.0/24")
        #expect(network.contains(try #require(IPAddress("203.0.113.255"))))
        #expect(!network.contains(try #require(IPAddress("203.0.114.0"))))
        #expect(!(try #require(AddressRange("::/0"))).contains(try #require(IPAddress("1.2.3.4"))))
        #expect(AddressRange("0.0.0.0/0")?.contains(try #require(IPAddress("1.2.3.4"))) == true)
    }

    @Test func `keys an IPv6 attacker by its 64`() throws {
        #expect(AddressRange(attackerAt: try #require(IPAddress("2001:db8:1:2:3:4:5:6"))).description == "2001:db8:1:2::/64")
        #expect(AddressRange(attackerAt: try #require(IPAddress("203.0.113.9"))).description == "203.0.113.9")
    }
}
