import Riposte
import Testing

private func read(_ lines: String..., zone: TimeZoneRule = .utc) -> Reading {
    Reading(JSONLinesParser(timezone: zone, source: "test"), lines)
}

/// A line with a time and `members`.
private func event(_ members: String) -> Event? { read("{\"time\":\"2026-11-21T07:01:02Z\",\(members)}").events.first }

@Suite struct `a JSON line` {
    @Test func `of our own shape is read whole`() throws {
        let event = try #require(
            read(
                """
                {"time":"2026-11-21T08:01:02.5+01:00","kind":"auth.login","outcome":"failure","reason":"bad_credentials",\
                "method":"password",\
                "ip":"203.0.113.9","port":51022,"user":"alice","session":"s1","count":3,"tenant":"t1","device":"d1",\
                "user_agent":"curl","service":"web",\
                "host":"h1","http_method":"POST","path":"/login","status":401,"country":"NL","attributes":{"plan":"pro","n":1.5,\
                "ok":true,"no":null,"deep":{"x":"y"}}}
                """
            ).events.first)
        #expect(event.time.description == "2026-11-21T07:01:02.5Z" && event.kind == .login && event.outcome == .failure)
        #expect(event.reason == .badCredentials && event.method == .password && event.count == 3 && event.user == "alice")
        #expect(event.address == address("203.0.113.9") && event.port == 51022)
        #expect(
            event.details
                == EventDetails(
                    tenant: "t1", session: "s1", device: "d1", userAgent: "curl", service: "web", host: "h1", httpMethod: "POST",
                    path: "/login", status: 401,
                    country: "NL", attributes: ["plan": "pro", "n": "1.5", "ok": "true"]))
    }

    @Test func `of OCSF is read`() throws {
        let event = try #require(
            read(
                """
                {"class_uid":3002,"activity_id":1,"status_id":2,"status":"Failure","time":1795244462123,\
                "src_endpoint":{"ip":"2001:db8::9","port":51022,\
                "location":{"country":"NL"}},"user":{"name":"alice","uid":"7"},"session":{"uid":"s1"},\
                "http_request":{"user_agent":"curl","url":{"path":"/in"}},\
                "observables":[{"name":"x","ip":"192.0.2.1"},[1,2,[]]]}
                """
            ).events.first)
        #expect(event.kind == .login && event.outcome == .failure && event.user == "alice" && event.address == address("2001:db8::9"))
        #expect(event.time.description == "2026-11-21T07:01:02.123Z" && event.port == 51022)
        #expect(event.details == EventDetails(session: "s1", userAgent: "curl", path: "/in", country: "NL"))
    }

    @Test(arguments: [
        "\"event\":{\"category\":[\"session\",\"authentication\",\"web\"],\"outcome\":\"failure\"},"
            + "\"source\":{\"ip\":\"203.0.113.9\"},\"user\":{\"name\":\"alice\"}",
        "\"event.category\":\"authentication\",\"event.outcome\":\"failure\",\"source.ip\":\"203.0.113.9\",\"user.name\":\"alice\"",
        "\"event\":{\"category\":\"authentication\",\"outcome\":\"failure\"},\"client\":{\"ip\":\"203.0.113.9\"},"
            + "\"user\":{\"name\":\"alice\"}",
    ])
    func `of the Elastic Common Schema is read, nested or dotted`(members: String) throws {
        let event = try #require(read("{\"@timestamp\":\"2026-11-21T07:01:02.000Z\",\(members)}").events.first)
        #expect(event.kind == .login && event.outcome == .failure && event.user == "alice" && event.address == address("203.0.113.9"))
    }

    @Test(arguments: Event.Kind.allCases)
    func `names each kind`(kind: Event.Kind) {
        #expect(event("\"kind\":\"\(kind.name)\"")?.kind == kind)
    }

    @Test func `of a kind nobody knows is an event all the same`() {
        let reading = read("{\"time\":1795244462,\"kind\":\"billing.refund\"}", "{\"time\":1795244462}")
        #expect(reading.verdicts == [.event, .event] && reading.events.map(\.kind) == [.other, .other])
    }

    @Test(arguments: [
        ("1795244462", "2026-11-21T07:01:02Z"), ("1795244462.25", "2026-11-21T07:01:02.25Z"), ("1795244462123", "2026-11-21T07:01:02.123Z"),
        ("1795244462123456", "2026-11-21T07:01:02.123456Z"), ("\"1795244462\"", "2026-11-21T07:01:02Z"),
        ("\"2026-11-21T07:01:02\"", "2026-11-21T07:01:02Z"),
        ("\"2026-11-21 07:01:02.5\"", "2026-11-21T07:01:02.5Z"), ("\"2026-11-21T08:01:02\\u002B01:00\"", "2026-11-21T07:01:02Z"),
        ("0", "1970-01-01T00:00:00Z"),
    ])
    func `has its time in many spellings`(time: String, meaning: String) {
        #expect(read("{\"time\":\(time)}").events.first?.time.description == meaning)
    }

    @Test(arguments: [
        "\"yesterday\"", "true", "null", "{}", "[1795244462]", "1e400", "123456789012345678901234567890", "\"2026-02-30T00:00:00Z\"",
        "\"\"",
    ])
    func `with an impossible time says so`(time: String) {
        #expect(read("{\"time\":\(time)}").verdicts == [.badTime])
    }

    @Test func `without an offset is local to the source's zone`() {
        #expect(
            read("{\"time\":\"2026-11-21T07:01:02\"}", zone: .fixed(seconds: 3600)).events.first?.time.description == "2026-11-21T06:01:02Z"
        )
    }

    @Test(arguments: ["\"nowhere\"", "7", "true", "\"203.0.113.9:80\"", "\"-\""])
    func `with an address that is none says so`(ip: String) {
        #expect(read("{\"time\":1795244462,\"ip\":\(ip)}").verdicts == [.badAddress])
    }

    @Test(arguments: ["null", "\"\"", "[]", "{\"x\":1}"])
    func `may be without an address`(ip: String) {
        #expect(read("{\"time\":1795244462,\"ip\":\(ip)}").events.first.map { $0.address == nil } == true)
    }

    @Test func `says the same thing twice and means the last`() {
        #expect(event("\"user\":\"a\",\"user\":\"b\"")?.user == "b")
        #expect(event("\"user\":\"a\",\"user\":null")?.user == nil)
        #expect(event("\"ip\":\"192.0.2.1\",\"\\u0069p\":\"203.0.113.9\"")?.address == address("203.0.113.9"))
        #expect(event("\"source\":{\"ip\":\"192.0.2.1\"},\"source\":{}")?.address == nil)
        #expect(event("\"source\":{\"ip\":\"192.0.2.1\"},\"source.ip\":\"203.0.113.9\"")?.address == address("203.0.113.9"))
        #expect(event("\"attributes\":{\"a\":\"1\"},\"attributes\":{\"b\":\"2\",\"b\":\"3\"}")?.details?.attributes == ["b": "3"])
    }

    @Test func `names one thing by several names and means ours first`() {
        #expect(
            event("\"source\":{\"ip\":\"192.0.2.1\"},\"ip\":\"203.0.113.9\",\"src_endpoint\":{\"ip\":\"192.0.2.2\"}")?.address
                == address("203.0.113.9"))
        #expect(event("\"ip\":\"203.0.113.9\",\"source\":{\"port\":1}")?.address == address("203.0.113.9"))
        #expect(event("\"x\":{\"ip\":\"192.0.2.1\"},\"list\":[{\"ip\":\"192.0.2.1\"}]")?.address == nil)
    }

    @Test func `may call the address and the user by their other names`() {
        #expect(event("\"address\":\"203.0.113.9\",\"username\":\"alice\"")?.address == address("203.0.113.9"))
        #expect(event("\"address\":\"203.0.113.9\",\"username\":\"alice\"")?.user == "alice")
        #expect(event("\"address\":\"192.0.2.1\",\"ip\":\"203.0.113.9\"")?.address == address("203.0.113.9"))
        #expect(read("{\"time\":1795244462,\"address\":\"nowhere\"}").verdicts == [.badAddress])
    }

    @Test func `about a sign-in without an address is counted`() {
        var reader = EventReader(JSONLinesParser(source: "test"))
        var events: [Event] = []
        for members in ["\"client\":\"203.0.113.9\"", "\"ip\":\"203.0.113.9\"", "\"ip\":null"] {
            reader.read(Array("{\"time\":1795244462,\"kind\":\"auth.login\",\(members)}\n".utf8), now: noon, into: &events)
        }
        reader.read(Array("{\"time\":1795244462,\"kind\":\"auth.logout\"}\n".utf8), now: noon, into: &events)
        #expect(events.count == 4 && reader.counts.signInsFromNowhere == 2)
    }

    @Test func `has its escapes resolved`() {
        #expect(event("\"user\":\"a\\\"b\\\\c\\/\\u00e9\\ud83d\\ude00\\n\\ud83d!\"")?.user == "a\"b\\c/é😀\n\u{FFFD}!")
        #expect(event("\"user\":\"a\\u0000b\"")?.user == "a\u{0}b")
    }

    @Test(arguments: [("0", UInt32(1)), ("-3", 1), ("7", 7), ("\"7\"", 7), ("99999999999", .max), ("true", 1), ("2.9", 2), ("1e3", 1)])
    func `counts at least one`(count: String, meaning: UInt32) {
        #expect(event("\"count\":\(count)")?.count == meaning)
    }

    @Test(arguments: [
        "[]", "null", "\"x\"", "17", "{", "{}x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}", "{\"a\":01}",
        "{\"a\":1.}", "{\"a\":-}", "{\"a\":+1}",
        "{\"a\":tru}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\u{1}\"}", "{\"a\":[1,]}", "{\"a\":[1}", "{\"a\":{]}", "{a:1}",
        "{'a':1}", "{\"a\":1}}",
        "{\"a\":\"x", "{\"a\":1e}", "{\"a\":NaN}", "{\"time\":1795244462}{\"time\":1}", "not json at all",
    ])
    func `that is no object is malformed`(line: String) {
        #expect(read(line).verdicts == [.malformed])
    }

    @Test(arguments: ["{}", "{ }", " {\"a\" : [ ] , \"b\":{ },\"c\":[{},[[]],-0.5e+3,\"\",true,false,null]}\t"])
    func `that is an object without a time has a bad one`(line: String) {
        #expect(read(line).verdicts.first != .malformed || line.count < 4)
        #expect(read("{\"time\":1795244462,\"x\":\(line)}").verdicts == [.event])
    }

    @Test func `is followed 64 deep and no deeper`() {
        func nested(_ depth: Int) -> String {
            "{\"time\":1795244462,\"x\":" + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}"
        }
        #expect(read(nested(64)).verdicts == [.event])
        #expect(read(nested(65), nested(60_000)).verdicts == [.malformed, .malformed])
    }

    @Test func `may be empty`() {
        #expect(read("", "    ", "{\"time\":1795244462}").verdicts == [.irrelevant, .irrelevant, .event])
    }
}
