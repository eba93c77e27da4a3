import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `an Opsgenie channel` {
    private let client = localClient()
    private let key: SecretFile

    init() throws { key = try SecretFile(OpsgenieStandIn.key + "\n") }

    private func channel(_ url: String, key: SecretFile? = nil) throws -> OpsgenieChannel {
        try OpsgenieChannel(apiKey: (key ?? self.key).secret, url: url, source: "web01", client: client)
    }

    private func deliver(_ notification: Riposte.Notification, _ channel: OpsgenieChannel) async -> DeliveryFailure? {
        await failure { () throws(DeliveryFailure) in try await channel.deliver(notification) }
    }

    @Test func `opens, raises, acknowledges and closes one alert`() async throws {
        let server = try OpsgenieStandIn()
        let channel = try channel(server.url)
        var states: [OpsgenieStandIn.Alert?] = []
        for (kind, severity) in [(Riposte.Notification.Kind.opened, Severity.medium), (.opened, .medium), (.escalated, .critical)] {
            _ = try await channel.deliver(.example(severity: severity, kind: kind))
            states.append(server.alerts["inc-1"])
        }
        for kind in [Riposte.Notification.Kind.ineffective, .acknowledged, .resolved] {
            _ = try await channel.deliver(.example(kind: kind))
            states.append(server.alerts["inc-1"])
        }
        #expect(states[0] == OpsgenieStandIn.Alert(priority: "P3"))
        #expect(states[1] == OpsgenieStandIn.Alert(priority: "P3", count: 2))
        #expect(states[2] == OpsgenieStandIn.Alert(priority: "P1", count: 3))
        #expect(states[3]?.notes == 1)
        #expect(states[4]?.isAcknowledged == true && states[4]?.isOpen == true)
        #expect(states[5]?.isOpen == false)
        #expect(server.alerts.count == 1)
        #expect(channel.follows == [.acknowledged, .resolved])
    }

    @Test func `says what Opsgenie shows, and keeps the id of its request`() async throws {
        let server = try OpsgenieStandIn()
        let receipt = try await channel(server.url).deliver(.example(link: "https://riposte.example/i/inc-1"))
        #expect(receipt.message == "create accepted (request 43a29c5c-3dbf-4fa4-9c26-f4f71023e120)")
        let expected: JSONValue = [
            "message": "Brute force from 203.0.113.9", "alias": "inc-1", "description": "12 failures in 60 s.", "priority": "P2",
            "source": "web01", "tags": ["riposte"],
            "details": ["ip": "203.0.113.9", "incident": "inc-1", "severity": "high", "link": "https://riposte.example/i/inc-1"],
        ]
        #expect(server.requests.first?.json == expected)
        #expect(server.requests.first?.target == "/v2/alerts")
        #expect(OpsgenieChannel.europeanAddress == "https://api.eu.opsgenie.com")
    }

    @Test func `keeps inside the limits whatever comes, without HTML`() async throws {
        let server = try OpsgenieStandIn()
        let long = String(repeating: "<a href=x>é👍🏽\u{202E}\u{301}\r\n", count: 5000)
        var notification = Riposte.Notification.example(
            title: long, body: long, facts: (0..<200).map { ("\($0)\(long)", long) }, link: "javascript:x")
        notification.deduplicationKey = long
        #expect(await deliver(notification, try channel(server.url)) == nil)
        notification.kind = .resolved
        #expect(await deliver(notification, try channel(server.url)) == nil)
        #expect(await deliver(.example(title: " ", body: "", facts: []), try channel(server.url)) == nil)
        var odd = Riposte.Notification.example(kind: .escalated)
        odd.deduplicationKey = "a/../b?c#d é"
        #expect(await deliver(odd, try channel(server.url)) == nil)
        #expect(server.alerts["a/../b?c#d é"] != nil)
        #expect(server.alerts.values.count { !$0.isOpen } == 1)
        for request in server.requests { #expect(!request.text.contains("<") && !request.text.contains("\u{202E}")) }
    }

    @Test func `waits after 429 and 5xx, as long as it is asked to`() async throws {
        let server = try OpsgenieStandIn(
            .json(["message": "You are making too many requests!"], status: 429, fields: [.init("X-RateLimit-Period-In-Sec", "60")]),
            .text("", status: 429, fields: [.init("Retry-After", "40")]), .text("", status: 503), .dropped)
        let channel = try channel(server.url)
        let limited = await deliver(.example(), channel)
        #expect(limited?.kind == .transient)
        #expect(limited?.retryAfter == .seconds(60))
        #expect(limited?.message == "\(server.url) answered 429 (You are making too many requests!) to create")
        #expect(await deliver(.example(), channel)?.retryAfter == .seconds(40))
        #expect(await deliver(.example(), channel)?.kind == .transient)
        #expect(await deliver(.example(), channel)?.kind == .unknown)
        #expect(await deliver(.example(), channel) == nil)
        #expect(server.alerts["inc-1"]?.count == 1)
    }

    @Test func `gives up after 401 and 422, in Opsgenie's words`() async throws {
        let wrong = try SecretFile("hunter2hunter2")
        let server = try OpsgenieStandIn()
        let refused = try #require(await deliver(.example(), try channel(server.url, key: wrong)))
        #expect(refused.kind == .permanent)
        #expect(refused.message == "\(server.url) answered 401 (Could not authenticate) to create")
        let picky = try OpsgenieStandIn(
            .json(
                [
                    "message": "Request body is not processable. Please check the errors.",
                    "errors": ["message": "Message can not be empty."],
                ],
                status: 422))
        let error = try #require(await deliver(.example(), try channel(picky.url)))
        #expect(error.kind == .permanent)
        #expect(
            error.message.hasSuffix(
                "(Request body is not processable. Please check the errors. message: Message can not be empty.) to create"))
    }

    @Test func `never shows its key`() async throws {
        let echo = try LocalHTTPServer { request in .json(["message": .string(request["authorization"] ?? "")], status: 400) }
        let channel = try channel(echo.url)
        let error = try #require(await deliver(.example(), channel))
        var shown = "\(error)"
        dump(error, to: &shown)
        dump(channel, to: &shown)
        #expect(!shown.contains(OpsgenieStandIn.key))
        #expect(throws: HTTPError.self) {
            try OpsgenieChannel(apiKey: key.secret, url: "http://genie.example.org", source: "web01", client: client)
        }
        let broken = try SecretFile("hunter2\nX-Evil: 1")
        let refused = await deliver(.example(), try self.channel(echo.url, key: broken))
        #expect(refused?.kind == .permanent && refused?.message.contains("hunter2") == false)
    }
}
