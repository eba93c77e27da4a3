import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `an address policy` {
    @Test(arguments: [
        "127.0.0.1", "127.255.0.1", "::1", "0.0.0.0", "::", "0.1.2.3", "169.254.169.254", "169.254.0.1", "fe80::1", "febf::1", "224.0.0.1",
        "239.1.2.3", "255.255.255.255", "ff02::1", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1", "::127.0.0.1",
    ])
    func `refuses what no outside system has`(text: String) throws {
        #expect(AddressPolicy().refusal(of: try #require(IPAddress(text))) != nil)
    }

    @Test(arguments: [
        "203.0.113.9", "8.8.8.8", "10.0.0.1", "192.168.1.1", "172.16.0.1", "2001:db8::1", "fd12:3456::1", "64:ff9b::cb00:7109",
        "2002:cb00:7109::1",
        "126.255.255.255", "128.0.0.1", "169.253.1.1", "223.255.255.255", "240.0.0.1",
    ])
    func `allows the rest, private networks too`(text: String) throws {
        #expect(AddressPolicy().refusal(of: try #require(IPAddress(text))) == nil)
    }

    @Test(arguments: [
        "10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd12:3456::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
    ])
    func `for a mere name refuses private networks unless they are listed`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy(refusesPrivate: true).refusal(of: address) == "a private address")
        let all = ["0.0.0.0/0", "::/0"].compactMap { AddressRange($0) }
        #expect(AddressPolicy(allowedNetworks: all, refusesPrivate: true).refusal(of: address) == nil)
        #expect(AddressPolicy(refusesPrivate: true).refusal(of: try #require(IPAddress("172.32.0.1"))) == nil)
    }

    @Test func `allows what is listed and nothing beside it`() throws {
        let policy = AddressPolicy(allowedNetworks: [try #require(AddressRange("127.0.0.1"))])
        #expect(policy.refusal(of: try #require(IPAddress("127.0.0.1"))) == nil)
        #expect(policy.refusal(of: try #require(IPAddress("64:ff9b::7f00:1"))) == nil)
        #expect(policy.refusal(of: try #require(IPAddress("127.0.0.2"))) == "a loopback address")
        #expect(policy.refusal(of: try #require(IPAddress("::1"))) == "a loopback address")
    }
}

@Suite struct `an HTTP client on its way to an address` {
    /// The error of a client without any listed network.
    private func refusal(_ url: String) async throws -> HTTPError? {
        let client = HTTPClient()
        let request = HTTPRequest(.get, try HTTPURL(url), timeout: .seconds(5))
        return await failure { () throws(HTTPError) in try await client.send(request) }
    }

    @Test func `is not let to this machine by its name`() async throws {
        let server = try LocalHTTPServer { _ in .text("secret") }
        let error = try await refusal("http://localhost:\(server.port)/admin?token=hunter2")
        #expect(error?.code == .refusedAddress)
        #expect(error?.kind == .permanent)
        #expect(error?.message.contains("localhost is at ") == true)
        #expect(error?.message.contains("a loopback address") == true)
        #expect(error?.message.contains("allowed networks") == true)
        #expect(error?.message.contains("hunter2") == false)
        #expect(server.requestCount == 0)
    }

    @Test(arguments: [
        "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "169.254.169.254", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]",
    ])
    func `is not let there by an address`(host: String) async throws {
        let server = try LocalHTTPServer { _ in .text("secret") }
        #expect(try await refusal("http://\(host):\(server.port)/")?.code == .refusedAddress)
        #expect(server.requestCount == 0)
    }

    @Test func `is let there when the address is listed`() async throws {
        let server = try LocalHTTPServer { _ in .text("hello") }
        let response = try await localClient().send(HTTPRequest(.get, try HTTPURL("http://localhost:\(server.port)/")))
        #expect(response.text == "hello")
    }

    @Test func `asks a proxy for no address that it would not connect to itself`() async throws {
        let proxy = try LocalHTTPServer { _ in .text("through the proxy") }
        let client = localClient { $0.proxy = try? HTTPURL(proxy.url) }
        let metadata = HTTPRequest(.get, try HTTPURL("http://169.254.169.254/latest/meta-data/"))
        #expect(await failure { () throws(HTTPError) in try await client.send(metadata) }?.code == .refusedAddress)
        #expect(proxy.requestCount == 0)
    }
}
