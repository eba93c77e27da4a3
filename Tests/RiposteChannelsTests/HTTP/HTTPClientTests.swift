import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `an HTTP client` {
    @Test func `sends method, target, fields and body as they are`() async throws {
        let server = try LocalHTTPServer { request in
            .text("got \(request.body.count)", status: 201, fields: [.init("X-Seen", request.method)])
        }
        var request = HTTPRequest(.put, try server.address("/a%20b/c?x=1&y=%2F"), body: Array("{\"a\":1}\n".utf8))
        try request.fields.set("Content-Type", "application/json")
        try request.fields.set("X-Empty", "")
        let response = try await localClient().send(request)

        #expect(response.status == 201)
        #expect(response.text == "got 8")
        #expect(response.fields["x-seen"] == "PUT")
        #expect(response.isSuccess && !response.isCut)
        let seen = try #require(server.requests.first)
        #expect(seen.method == "PUT")
        #expect(seen.target == "/a%20b/c?x=1&y=%2F")
        #expect(seen.text == "{\"a\":1}\n")
        #expect(seen["content-type"] == "application/json")
        #expect(seen["x-empty"] == "")
        #expect(seen["user-agent"] == "riposte")
        #expect(seen["expect"] == nil)
    }

    @Test(arguments: [HTTPMethod.get, .head, .post, .put, .patch, .delete])
    func `sends each method, with a body and without`(method: HTTPMethod) async throws {
        let server = try LocalHTTPServer { _ in .text("hello") }
        let client = localClient()
        for body in method == .head ? [""] : ["", "data"] {
            let response = try await client.send(HTTPRequest(method, try server.address(), body: Array(body.utf8)))
            #expect(response.status == 200)
            #expect(response.text == (method == .head ? "" : "hello"))
            let seen = try #require(server.requests.last)
            #expect(seen.method == method.rawValue)
            #expect(seen.text == body)
            #expect(seen["content-type"] == nil)
        }
    }

    @Test func `hands every status over`() async throws {
        let server = try LocalHTTPServer { request in Response(Int(request.path.dropFirst()) ?? 0) }
        let client = localClient()
        let kinds: [(Int, FailureKind?)] = [
            (200, nil), (204, nil), (302, .permanent), (400, .permanent), (404, .permanent), (429, .transient), (500, .transient),
            (503, .transient),
        ]
        for (status, kind) in kinds {
            let response = try await client.send(HTTPRequest(.get, try server.address("/\(status)")))
            #expect(response.status == status)
            #expect(response.failureKind == kind)
        }
    }

    @Test func `does not follow a redirect`() async throws {
        let target = try LocalHTTPServer { _ in .text("secret") }
        let server = try LocalHTTPServer { [url = target.url] _ in .redirect(to: url) }
        let response = try await localClient().send(HTTPRequest(.get, try server.address()))
        #expect(response.status == 302)
        #expect(response.failureKind == .permanent)
        #expect(target.requestCount == 0)
    }

    @Test func `cuts a body that is too long, and says so`() async throws {
        let server = try LocalHTTPServer { request in Response(200, body: Array(repeating: 0x61, count: Int(request.path.dropFirst()) ?? 0))
        }
        let client = localClient { $0.maximumResponseBody = 1000 }
        let fits = try await client.send(HTTPRequest(.get, try server.address("/1000")))
        #expect(fits.body.count == 1000 && !fits.isCut)
        for size in [1001, 3_000_000] {
            let cut = try await client.send(HTTPRequest(.get, try server.address("/\(size)")))
            #expect(cut.body.count == 1000 && cut.isCut)
            #expect(cut.status == 200)
        }
    }

    @Test func `takes 64 KiB of a body when nothing else is said`() async throws {
        let server = try LocalHTTPServer { _ in Response(200, body: Array(repeating: 0x61, count: 65_537)) }
        let response = try await localClient().send(HTTPRequest(.get, try server.address()))
        #expect(response.body.count == 65_536 && response.isCut)
    }

    @Test func `refuses a header without end`() async throws {
        let server = try LocalHTTPServer { _ in
            Response(200, fields: (0..<64).map { .init("X-\($0)", String(repeating: "a", count: 1000)) })
        }
        let url = try server.address()
        let error = await failure { () throws(HTTPError) in try await localClient().send(HTTPRequest(.get, url)) }
        #expect(error?.code == .tooLarge)
        #expect(error?.kind == .unknown)
    }

    @Test func `sends no body over the limit`() async throws {
        let server = try LocalHTTPServer { _ in .text("") }
        let client = localClient { $0.maximumRequestBody = 10 }
        let url = try server.address("/upload?token=hunter2")
        let error = await failure { () throws(HTTPError) in
            try await client.send(HTTPRequest(.post, url, body: Array(repeating: 0, count: 11)))
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("hunter2") == false)
        #expect(server.requestCount == 0)
    }

    @Test func `sends many side by side, each answered with its own`() async throws {
        let server = try LocalHTTPServer { request in .text(request.path) }
        let client = localClient { $0.maximumInFlight = 8 }
        let base = try server.address().text
        let right = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask { try await client.send(HTTPRequest(.get, try HTTPURL("\(base)\(number)"))).text == "/\(number)" }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(right == 200)
        #expect(server.requestCount == 200)
        #expect(client.statistics == HTTPClient.Statistics(inFlight: 0, queued: 0, refused: 0))
    }

    private typealias Response = LocalHTTPServer.Response
}
