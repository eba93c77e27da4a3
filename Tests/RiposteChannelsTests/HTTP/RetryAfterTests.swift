import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a response that asks to wait` {
    private func wait(_ value: String, date: String? = nil) async throws -> Duration? {
        let fields = [LocalHTTPServer.Field("Retry-After", value)] + (date.map { [.init("Date", $0)] } ?? [])
        let server = try LocalHTTPServer { _ in .text("", status: 503, fields: fields) }
        return try await localClient().send(HTTPRequest(.get, try server.address())).retryAfter
    }

    @Test func `says it in seconds`() async throws {
        #expect(try await wait("120") == .seconds(120))
        #expect(try await wait("0") == .zero)
    }

    @Test func `says it as a date, counted by its own clock`() async throws {
        #expect(try await wait("Sun, 06 Nov 1994 08:49:37 GMT", date: "Sun, 06 Nov 1994 08:47:36 GMT") == .seconds(121))
        #expect(try await wait("Tue, 01 Mar 2028 00:00:00 GMT", date: "Mon, 28 Feb 2028 23:59:59 GMT") == .seconds(86_401))
        #expect(try await wait("Sun, 06 Nov 1994 08:49:37 GMT", date: "Sun, 06 Nov 1994 08:50:37 GMT") == .zero)
    }

    @Test(arguments: ["", "-1", "1.5", "soon", "99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT"])
    func `is not believed where it makes no sense`(value: String) async throws {
        #expect(try await wait(value) == nil)
    }
}
