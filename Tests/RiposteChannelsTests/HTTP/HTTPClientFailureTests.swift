import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `an HTTP client whose server fails` {
    @Test func `times out, and knows that the request was sent`() async throws {
        let server = try LocalHTTPServer { _ in .hanging }
        let client = localClient()
        let request = HTTPRequest(.post, try server.address("/freeze?token=hunter2"), body: [1], timeout: .milliseconds(100))
        let error = await failure { () throws(HTTPError) in try await client.send(request) }
        #expect(error?.code == .timedOut)
        #expect(error?.kind == .unknown)
        #expect(error?.message.contains("/freeze") == true)
        #expect(error?.message.contains("hunter2") == false)
        #expect(server.requestCount == 1)
        #expect(await server.waitUntilIdle())
    }

    @Test func `times out in the middle of a body`() async throws {
        let server = try LocalHTTPServer { _ in Response(200, body: Array(repeating: 1, count: 100), delivery: .stalled(afterBodyBytes: 50))
        }
        let client = localClient()
        let request = HTTPRequest(.get, try server.address(), timeout: .milliseconds(100))
        #expect(await failure { () throws(HTTPError) in try await client.send(request) }?.code == .timedOut)
    }

    @Test func `takes a body that ends early for a lost connection`() async throws {
        let server = try LocalHTTPServer { _ in Response(200, body: Array(repeating: 1, count: 100), delivery: .cut(afterBodyBytes: 50)) }
        let client = localClient()
        let request = HTTPRequest(.post, try server.address(), body: [1])
        let error = await failure { () throws(HTTPError) in try await client.send(request) }
        #expect(error?.code == .connectionLost)
        #expect(error?.kind == .unknown)
    }

    @Test func `does not send a request again when the connection is closed without an answer`() async throws {
        let server = try LocalHTTPServer { _ in .dropped }
        let client = localClient()
        for count in 1...3 {
            let request = HTTPRequest(.post, try server.address(), body: [1])
            let error = await failure { () throws(HTTPError) in try await client.send(request) }
            #expect(error?.code == .connectionLost)
            #expect(error?.kind == .unknown)
            #expect(server.requestCount == count)
        }
    }

    @Test(arguments: ["hello, this is no HTTP\r\n\r\n", "HTTP/9.9 abc\r\n\r\n", "\0\0\0\0"])
    func `does not take anything else for HTTP`(answer: String) async throws {
        let server = try LocalHTTPServer { _ in Response(200, body: Array(answer.utf8), delivery: .bare) }
        let client = localClient()
        let request = HTTPRequest(.get, try server.address())
        let error = await failure { () throws(HTTPError) in try await client.send(request) }
        #expect(error?.code == .invalidResponse)
        #expect(error?.message == "what answers at \(try server.address().origin) does not speak HTTP")
        #expect(error?.kind == .unknown)
    }

    @Test func `says that nobody listens`() async throws {
        let client = localClient()
        let url = try HTTPURL(goneServer() + "/x")
        let error = await failure { () throws(HTTPError) in try await client.send(HTTPRequest(.get, url)) }
        #expect(error?.code == .couldNotConnect)
        #expect(error?.kind == .transient)
    }

    @Test func `says that a name does not resolve`() async throws {
        let client = localClient()
        let url = try HTTPURL("http://nobody.invalid/")
        let error = await failure { () throws(HTTPError) in try await client.send(HTTPRequest(.get, url)) }
        #expect(error?.code == .couldNotResolve)
        #expect(error?.kind == .transient)
    }

    @Test func `trusts no server that does not speak TLS`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        let client = localClient()
        let url = try HTTPURL("https://127.0.0.1:\(server.port)/")
        let error = await failure { () throws(HTTPError) in try await client.send(HTTPRequest(.get, url)) }
        #expect(error?.code == .tls)
        #expect(server.requestCount == 0)
    }

    @Test func `ends the transfer of a task that is cancelled`() async throws {
        let server = try LocalHTTPServer { _ in .hanging }
        let client = localClient()
        let url = try server.address()
        let task = Task { await failure { () throws(HTTPError) in try await client.send(HTTPRequest(.post, url, body: [1])) } }
        #expect(await server.waitForRequests(1))
        task.cancel()
        let error = await task.value
        #expect(error?.code == .cancelled)
        #expect(error?.kind == .unknown)
        #expect(await server.waitUntilIdle())
        #expect(client.statistics.inFlight == 0)
    }

    @Test func `sends nothing for a task that is cancelled already`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        let client = localClient()
        let url = try server.address()
        let error = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure { () throws(HTTPError) in try await client.send(HTTPRequest(.get, url)) }
        }.value
        #expect(error?.code == .cancelled)
        #expect(error?.kind == .transient)
        #expect(server.requestCount == 0)
    }

    private typealias Response = LocalHTTPServer.Response
}

@Suite struct `an HTTP client that is busy` {
    /// A client with one transfer that hangs, at a server that hangs on everything.
    private func busyClient(queued: Int) async throws -> (HTTPClient, LocalHTTPServer, Task<HTTPError?, Never>) {
        let server = try LocalHTTPServer { $0.path == "/hang" ? .hanging : .text("") }
        let client = localClient {
            $0.maximumInFlight = 1
            $0.maximumQueued = queued
        }
        let url = try server.address("/hang")
        let task = Task { await failure { () throws(HTTPError) in try await client.send(HTTPRequest(.get, url)) } }
        try #require(await server.waitForRequests(1))
        return (client, server, task)
    }

    @Test func `refuses what does not fit its queue, and counts it`() async throws {
        let (client, server, hanging) = try await busyClient(queued: 0)
        let url = try server.address()
        let error = await failure { () throws(HTTPError) in try await client.send(HTTPRequest(.get, url)) }
        #expect(error?.code == .queueFull)
        #expect(error?.kind == .transient)
        #expect(client.statistics == HTTPClient.Statistics(inFlight: 1, queued: 0, refused: 1))
        hanging.cancel()
        #expect(await hanging.value?.code == .cancelled)
    }

    @Test func `counts the wait for a turn towards the timeout`() async throws {
        let (client, server, hanging) = try await busyClient(queued: 1)
        let request = HTTPRequest(.get, try server.address(), timeout: .milliseconds(50))
        let error = await failure { () throws(HTTPError) in try await client.send(request) }
        #expect(error?.code == .timedOut)
        #expect(error?.kind == .transient)
        #expect(server.requestCount == 1)
        hanging.cancel()
        _ = await hanging.value
    }

    @Test func `gives the next its turn when one ends`() async throws {
        let (client, server, hanging) = try await busyClient(queued: 4)
        let url = try server.address()
        let next = Task { try await client.send(HTTPRequest(.get, url)).status }
        hanging.cancel()
        _ = await hanging.value
        #expect(try await next.value == 200)
    }
}
