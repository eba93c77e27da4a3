import Riposte
import RiposteTesting
import Testing

@Suite struct `a local HTTP server` {
    private func status(
        _ request: String, _ limits: LocalHTTPServer.Limits = .init()
    ) throws -> (status: String, kept: [LocalHTTPServer.Request]) {
        let server = try LocalHTTPServer(limits: limits) { _ in .text("ok") }
        let answer = try exchange([Array(request.utf8)], port: server.port)
        return (answer.split(separator: " ").dropFirst().first.map(String.init) ?? answer, server.requests)
    }

    @Test func `takes a request apart`() throws {
        let (status, kept) = try status(
            "POST /a/b?c=d HTTP/1.1\r\nHost: x\r\nX-A:  b c \r\nx-a: second\r\nX-Empty:\r\nContent-Length: 3\r\n\r\nabc")
        #expect(status == "200")
        let request = try #require(kept.first)
        #expect(request.method == "POST" && request.target == "/a/b?c=d" && request.path == "/a/b" && request.text == "abc")
        #expect(request["x-A"] == "b c" && request["x-empty"] == "" && request["nothing"] == nil)
        #expect(request.fields.count == 5)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "400"), ("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "400"), ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"),
        ("G{T / HTTP/1.1\r\nHost: x\r\n\r\n", "400"), ("GET x HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", "400"),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "411"),
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\nextra", "400"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"), ("\u{16}\u{3}\u{1}", "400"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n", "413"), ("GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", "400"),
    ])
    func `refuses what is not a request`(request: String, expected: String) throws {
        let (status, kept) = try status(request, .init(body: 100))
        #expect(status == expected)
        #expect(kept.isEmpty)
    }

    @Test func `refuses a header without end`() throws {
        let limits = LocalHTTPServer.Limits(head: 1000)
        #expect(try status("GET / HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "a", count: 2000), limits).status == "431")
        #expect(try status("GET / HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "a", count: 2000) + "\r\n\r\n", limits).status == "431")
    }

    @Test func `reads a request however it is cut`() throws {
        let bytes = Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc".utf8)
        let server = try LocalHTTPServer { .text($0.text) }
        for cut in 1..<bytes.count {
            #expect(try exchange([Array(bytes[..<cut]), Array(bytes[cut...])], port: server.port).hasSuffix("\r\n\r\nabc"))
        }
        #expect(try exchange(bytes.map { [$0] }, port: server.port).hasSuffix("\r\n\r\nabc"))
        #expect(server.requestCount == bytes.count)
    }

    @Test func `keeps no more requests than it is told, and counts the rest`() throws {
        let server = try LocalHTTPServer(limits: .init(kept: 2)) { _ in .text("") }
        for _ in 0..<5 { _ = try exchange([Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)], port: server.port) }
        #expect(server.requests.count == 2)
        #expect(server.requestCount == 5)
    }

    @Test func `is gone when it is stopped, twice if need be`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        server.stop()
        server.stop()
        #expect(throws: (any Error).self) { try exchange([], port: server.port) }
        #expect(await server.waitForRequests(1) == false)
        #expect(await server.waitUntilIdle())
    }

    @Test func `says when what is waited for does not come`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        #expect(await server.waitForRequests(1, within: .milliseconds(30)) == false)
    }
}
