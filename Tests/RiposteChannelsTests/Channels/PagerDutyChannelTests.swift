import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a PagerDuty channel` {
    private let client = localClient()
    private let key: SecretFile

    init() throws { key = try SecretFile(PagerDutyStandIn.key + "\n") }

    private func channel(_ server: PagerDutyStandIn, key: SecretFile? = nil) throws -> PagerDutyChannel {
        try PagerDutyChannel(routingKey: (key ?? self.key).secret, url: server.url, source: "web01", client: client)
    }

    private func deliver(_ notification: Riposte.Notification, _ channel: PagerDutyChannel) async -> DeliveryFailure? {
        await failure { () throws(DeliveryFailure) in try await channel.deliver(notification) }
    }

    @Test func `triggers, acknowledges and resolves one alert`() async throws {
        let server = try PagerDutyStandIn()
        let channel = try channel(server)
        var states: [PagerDutyStandIn.State?] = []
        for kind in [Riposte.Notification.Kind.opened, .escalated, .acknowledged, .resolved] {
            let receipt = try await channel.deliver(.example(kind: kind))
            #expect(receipt.message.hasSuffix(" accepted"))
            states.append(server.states["inc-1"])
        }
        #expect(states == [.triggered, .triggered, .acknowledged, .resolved])
        #expect(server.states.count == 1)
        #expect(channel.follows == [.acknowledged, .resolved])
    }

    @Test func `says what PagerDuty shows`() async throws {
        let server = try PagerDutyStandIn()
        _ = try await channel(server).deliver(.example(link: "https://riposte.example/i/inc-1"))
        _ = try await channel(server).deliver(.example(kind: .resolved))
        let expected: JSONValue = [
            "routing_key": .string(PagerDutyStandIn.key), "event_action": "trigger", "dedup_key": "inc-1", "client": "Riposte",
            "links": [["href": "https://riposte.example/i/inc-1", "text": "Open the incident"]],
            "payload": [
                "summary": "Brute force from 203.0.113.9", "severity": "error", "source": "web01", "timestamp": "2026-11-20T12:00:00Z",
                "class": "security",
                "custom_details": ["incident": "inc-1", "severity": "high", "text": "12 failures in 60 s.", "ip": "203.0.113.9"],
            ],
        ]
        #expect(server.events.first == expected)
        #expect(server.events.last == ["routing_key": .string(PagerDutyStandIn.key), "event_action": "resolve", "dedup_key": "inc-1"])
    }

    @Test(arguments: zip(Severity.allCases, ["info", "info", "warning", "error", "critical"]))
    func `has PagerDuty's own severities`(severity: Severity, word: String) async throws {
        let server = try PagerDutyStandIn()
        _ = try await channel(server).deliver(.example(severity: severity))
        #expect(server.events.first?.value(at: "payload.severity")?.string == word)
    }

    @Test func `keeps inside the limits whatever comes`() async throws {
        let server = try PagerDutyStandIn()
        let long = String(repeating: "<&>é👍🏽\u{202E}\u{301}\r\n", count: 5000)
        var notification = Riposte.Notification.example(
            title: long, body: long, facts: (0..<200).map { ("\($0)\(long)", long) }, link: "javascript:x")
        notification.deduplicationKey = long
        #expect(await deliver(notification, try channel(server)) == nil)
        let event = try #require(server.events.first)
        #expect(event.description.utf8.count < 512_000)
        #expect(event["links"] == nil)
        #expect(event.value(at: "payload.summary")?.string?.hasSuffix("…") == true)
        #expect(event.value(at: "payload.summary")?.string?.contains("\u{202E}") == false)
    }

    @Test func `waits after 429 and 5xx, as long as it is asked to`() async throws {
        let server = try PagerDutyStandIn(.text("", status: 429, fields: [.init("Retry-After", "40")]), .text("", status: 502), .dropped)
        let channel = try channel(server)
        let limited = await deliver(.example(), channel)
        #expect(limited?.kind == .transient)
        #expect(limited?.retryAfter == .seconds(40))
        #expect(await deliver(.example(), channel)?.kind == .transient)
        #expect(await deliver(.example(), channel)?.kind == .unknown)
        #expect(await deliver(.example(), channel) == nil)
        #expect(server.log == ["trigger inc-1"])
    }

    @Test func `gives up after 400, in PagerDuty's words`() async throws {
        let server = try PagerDutyStandIn()
        let short = try SecretFile("hunter2")
        let error = try #require(await deliver(.example(), try channel(server, key: short)))
        #expect(error.kind == .permanent)
        #expect(
            error.message.hasSuffix(
                "answered 400 (invalid event: Event object is invalid: Length of 'routing_key' is incorrect (should be 32 characters))"))
    }

    @Test func `never shows its key`() async throws {
        let echo = try LocalHTTPServer { request in .json(["status": "invalid", "message": .string(request.text)], status: 400) }
        let channel = try PagerDutyChannel(routingKey: key.secret, url: echo.url, source: "web01", client: client)
        let error = try #require(await deliver(.example(), channel))
        var shown = "\(error)"
        dump(error, to: &shown)
        dump(channel, to: &shown)
        #expect(!shown.contains(PagerDutyStandIn.key))
        #expect(throws: HTTPError.self) {
            try PagerDutyChannel(routingKey: key.secret, url: "http://pager.example.org/", source: "web01", client: client)
        }
    }
}
