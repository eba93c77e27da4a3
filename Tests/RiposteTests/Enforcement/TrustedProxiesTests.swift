import Testing

@testable import Riposte

@Suite struct `trusted proxies` {
    private func client(
        _ peer: String?, _ lines: String..., proxies: [String] = ["10.0.0.0/8", "2001:db8:ffff::/48"],
        header: TrustedProxies.Header = .xForwardedFor
    ) -> String? {
        TrustedProxies(proxies.compactMap { AddressRange($0) }, header: header).client(of: peer.flatMap { IPAddress($0) }, lines)?
            .description
    }

    @Test func `a stranger's header is not read`() {
        #expect(client("203.0.113.9", "198.51.100.1") == "203.0.113.9")
        #expect(client("203.0.113.9", "198.51.100.1", proxies: []) == "203.0.113.9")
        #expect(client("10.0.0.1", "198.51.100.1", proxies: []) == "10.0.0.1")
        #expect(client("203.0.113.9", "for=198.51.100.1", header: .forwarded) == "203.0.113.9")
    }

    @Test func `a header is read from the right, as far as declared proxies have written it`() {
        #expect(client("10.0.0.1", "203.0.113.9") == "203.0.113.9")
        #expect(client("10.0.0.1", "198.51.100.1, 203.0.113.9") == "203.0.113.9")
        #expect(client("10.0.0.1", "198.51.100.1,203.0.113.9 ,10.0.0.2") == "203.0.113.9")
        #expect(client("10.0.0.1", "1.1.1.1, 203.0.113.9", "10.0.0.3", "10.0.0.2") == "203.0.113.9")
        #expect(client("10.0.0.1", "10.0.0.3, 10.0.0.2") == "10.0.0.3")
        #expect(client("10.0.0.1") == "10.0.0.1")
        #expect(client("::ffff:10.0.0.1", "::ffff:203.0.113.9") == "203.0.113.9")
        #expect(client(nil, "203.0.113.9") == "203.0.113.9")
        #expect(client(nil) == nil)
    }

    @Test(arguments: [
        ("203.0.113.9:4711", "203.0.113.9"), ("[2001:db8::1]:443", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"), ("\t203.0.113.9 ", "203.0.113.9"),
    ])
    func `an address may have a port`(text: String, address: String) { #expect(client("10.0.0.1", text) == address) }

    @Test(arguments: [
        "unknown", "_hidden", "", ",", "203.0.113.9,", "203.0.113.9:", "203.0.113.9:x1", "203.0.113.9:123456", "010.0.0.1", "[2001:db8::1",
        "2001:db8::1]:443", "203.0.113", "203.0.113.9;203.0.113.8", "fe80::1%eth0", "\u{0}203.0.113.9", "evil.example", "２０３.0.113.9",
    ])
    func `what is no address breaks the chain off, and the proxy's word counts no further`(text: String) {
        #expect(client("10.0.0.1", text) == "10.0.0.1")
        #expect(client("10.0.0.1", "198.51.100.1, " + text) == "10.0.0.1")
    }

    @Test(arguments: [
        ("for=203.0.113.9", "203.0.113.9"), ("For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
        ("for=1.1.1.1, for=203.0.113.9;proto=http;by=10.0.0.9", "203.0.113.9"),
        ("by=10.0.0.9 ; FOR=\"203.0.113.9:80\"", "203.0.113.9"), ("for=\"1.1.1.1, for=203.0.113.9", "203.0.113.9"),
        ("for=198.51.100.1;x=\"a, b\", for=203.0.113.9;x=\"c, d; for=1.1.1.1\"", "203.0.113.9"),
    ])
    func `the Forwarded header of RFC 7239 is read the same way`(text: String, address: String) {
        #expect(client("10.0.0.1", text, header: .forwarded) == address)
    }

    /// A proxy that writes down the request's `Host` or `User-Agent` beside whom it saw, in quotes: the client has chosen those words.
    @Test(arguments: [
        #"host="a;for=1.1.1.1;b";for=203.0.113.9"#, #"host="a\", for=1.1.1.1;b=\"c";for=203.0.113.9"#,
        #"for=203.0.113.9;host="a\", for=1.1.1.1;b=\"c""#, #"for=203.0.113.9;host="a\\""#, #"host="\\";for=203.0.113.9"#,
        #"host="a\", for=1.1.1.1;b=\"c\\\"";for="203.0.113.9:80""#,
    ])
    func `nothing that stands in quotes is taken for an address`(text: String) {
        #expect(client("10.0.0.1", text, header: .forwarded) == "203.0.113.9")
    }

    @Test(arguments: ["for=1.1.1.1;for=203.0.113.9", "for=203.0.113.9;proto=http;For=1.1.1.1", #"for="203.0.113.9;host="a""#])
    func `what says two things, or has quotes that do not fit, says nothing`(text: String) {
        #expect(client("10.0.0.1", text, header: .forwarded) == "10.0.0.1")
    }

    @Test(arguments: ["for=unknown", "for=_SEVKISEK", "203.0.113.9", "xfor=203.0.113.9", "for=\"203.0.113.9", "for", "=", ";;;", "\""])
    func `a Forwarded header without an address tells nothing`(text: String) {
        #expect(client("10.0.0.1", text, header: .forwarded) == "10.0.0.1")
    }

    @Test func `the header that was not declared is not read`() {
        #expect(client("10.0.0.1", "for=203.0.113.9") == "10.0.0.1")
        #expect(client("10.0.0.1", "203.0.113.9", header: .forwarded) == "10.0.0.1")
    }

    @Test func `8 KiB of commas, or of proxies, are not read to their end`() {
        #expect(client("10.0.0.1", String(repeating: ",", count: 8192)) == "10.0.0.1")
        #expect(client("10.0.0.1", "203.0.113.9" + String(repeating: ",10.0.0.2", count: TrustedProxies.longestChain)) == "10.0.0.2")
        #expect(client("10.0.0.1", String(repeating: "\"", count: 8191) + ",", header: .forwarded) == "10.0.0.1")
        let reads = Array(String(repeating: ",", count: 8192).utf8).withUnsafeBufferPointer { bytes in
            var chain = ForwardedChain(bytes, .xForwardedFor)
            var reads = 0
            while chain.next() != nil { reads += 1 }
            return reads
        }
        #expect(reads == 8192)  // each of them costs its own length and no more
    }
}
