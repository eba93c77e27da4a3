import Riposte
import Testing

private func read(_ lines: String..., now: Timestamp = present) -> Reading { Reading(AccessLogParser(source: "test"), lines, now: now) }

private func request(_ request: String, status: Int, user: String = "-") -> Event? {
    read("203.0.113.9 - \(user) [21/Nov/2026:07:01:02 +0000] \"\(request)\" \(status) 153 \"-\" \"curl/8\"").events.first
}

@Suite struct `an access log` {
    @Test func `tells of a request`() throws {
        let event = try #require(
            read(
                "203.0.113.9 - - [21/Nov/2026:08:01:02 +0100] \"GET /a/b?c=d HTTP/1.1\" 404 153 \"https://example.org/\" "
                    + "\"Mozilla/5.0 (X11)\""
            ).events.first)
        #expect(event.time == Timestamp(rfc3339: "2026-11-21T07:01:02Z") && event.kind == .httpRequest && event.outcome == .unknown)
        #expect(event.address == address("203.0.113.9") && event.user == nil)
        let details = try #require(event.details)
        #expect(
            details.httpMethod == "GET" && details.path == "/a/b?c=d" && details.status == 404 && details.userAgent == "Mozilla/5.0 (X11)")
    }

    @Test func `may be the common format, or have a virtual host in front`() {
        let reading = read(
            "2001:db8::9 - - [21/Nov/2026:07:01:02 +0000] \"GET / HTTP/1.1\" 200 5",
            "shop.example:443 2001:db8::9 - - [21/Nov/2026:07:01:02 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"")
        #expect(reading.verdicts == [.event, .event])
        #expect(reading.events.allSatisfy { $0.address == address("2001:db8::9") && $0.details?.userAgent == nil })
        #expect(reading.events.map(\.details?.host) == [nil, "shop.example:443"])
    }

    @Test(arguments: ["/login", "/login/", "/login?next=%2F", "//login", "/%6Cogin", "/wp-login.php", "/api/login", "/sessions"])
    func `tells of a failed login`(path: String) throws {
        for status in [401, 403] {
            let event = try #require(request("POST \(path) HTTP/1.1", status: status))
            #expect(event.kind == .login && event.outcome == .failure && event.reason == .badCredentials && event.details?.path == path)
        }
    }

    @Test(arguments: [
        ("POST /login HTTP/1.1", 200), ("POST /login HTTP/1.1", 204), ("POST /login HTTP/1.1", 302), ("POST /login HTTP/1.1", 400),
        ("POST /login HTTP/1.1", 422), ("POST /login HTTP/1.1", 429), ("POST /login HTTP/1.1", 500), ("GET /login HTTP/1.1", 403),
        ("GET /login HTTP/1.1", 401), ("POST /other HTTP/1.1", 403), ("GET /admin HTTP/1.1", 403), ("GET /admin HTTP/1.1", 401), ("", 400),
        ("-", 408),
    ])
    func `tells of no login by anything else`(line: String, status: Int) throws {
        let event = try #require(request(line, status: status))
        #expect(event.kind == .httpRequest && event.outcome == .unknown && event.reason == .none)
    }

    @Test func `tells of a failed basic authentication by its user`() throws {
        let event = try #require(request("GET /private HTTP/1.1", status: 401, user: "alice"))
        #expect(event.kind == .login && event.outcome == .failure && event.user == "alice" && event.method == .password)
        #expect(request("GET /private HTTP/1.1", status: 429, user: "alice")?.outcome == .unknown)
        #expect(request("GET /private HTTP/1.1", status: 403, user: "alice")?.outcome == .unknown)
        #expect(request("GET /private HTTP/1.1", status: 200, user: "alice")?.user == "alice")
    }

    @Test func `can have other login paths`() {
        let line = "203.0.113.9 - - [21/Nov/2026:07:01:02 +0000] \"POST /in HTTP/1.1\" 401 153"
        #expect(Reading(AccessLogParser(loginPaths: ["/in/"], source: "test"), [line]).events.first?.kind == .login)
    }

    @Test(arguments: [
        "x [01/Jan/2020:00:00:00 +0000] \\x22GET / HTTP/1.1\\x22 200 1", "192.0.2.1 - - [21/Nov/2026:07:01:02 +0000]", "a b c", "\\\"", "",
        "[", "] ",
    ])
    func `is not deceived by a user's name`(user: String) throws {
        let event = try #require(request("GET /private HTTP/1.1", status: 401, user: user))
        #expect(event.address == address("203.0.113.9") && event.time == Timestamp(rfc3339: "2026-11-21T07:01:02Z"))
        #expect(event.details?.path == "/private" && event.details?.status == 401)
    }

    @Test func `has its escapes resolved`() {
        #expect(request("GET /a\\x22b\\\\c HTTP/1.1", status: 200)?.details?.path == "/a\"b\\c")
        #expect(request("\\x16\\x03\\x01\\x02", status: 400)?.details?.path == nil)
        #expect(request("GET /\\xC3\\xA9\\xFF HTTP/1.1", status: 200)?.details?.path == "/é\u{FFFD}")
        #expect(request("GET /with space HTTP/1.1", status: 400)?.details?.path == "/with space")
        #expect(request("GET /old", status: 200)?.details?.path == "/old")
    }

    @Test func `says what it cannot read`() {
        let reading = read(
            "nonsense", "host.example - - [21/Nov/2026:07:01:02 +0000] \"GET / HTTP/1.1\" 200 5",
            "203.0.113.9 - - [31/Nov/2026:07:01:02 +0000] \"GET / HTTP/1.1\" 200 5",
            "203.0.113.9 - - [21/Nov/2026:07:01:02 +0000] \"GET / HTTP/1.1\" - 5",
            "203.0.113.9 - - [21/Nov/2026:07:01:02 +0000] \"GET / HTTP/1.1")
        #expect(reading.verdicts == [.malformed, .badAddress, .badTime, .malformed, .malformed])
    }

    @Test func `from the future is set to the present`() {
        let reading = read("203.0.113.9 - - [21/Nov/2027:07:01:02 +0000] \"GET / HTTP/1.1\" 200 5")
        #expect(reading.events.first?.time == present && reading.clamped == 1)
        #expect(reading.events.first?.details?.attributes["original_time"] == "2027-11-21T07:01:02Z")
    }
}
