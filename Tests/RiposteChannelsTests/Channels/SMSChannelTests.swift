import Logging
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `an SMS channel` {
    private let client = localClient()
    private let token: SecretFile
    private static let (ann, bob, cat) = ("+41791110001", "+41791110002", "+41791110003")

    init() throws { token = try SecretFile(TwilioStandIn.token + "\n") }

    private func channel(_ url: String, to: [String] = [ann], from: String = "+41790000001") throws -> SMSChannel {
        let sender = try #require(SMSConfiguration.Sender(from))
        let numbers = try to.map { try #require(PhoneNumber($0)) }
        return try SMSChannel(
            SMSConfiguration(url: url, account: TwilioStandIn.account, token: token.secret, from: sender, to: numbers), client: client)
    }

    private func deliver(
        _ notification: Riposte.Notification = .example(), through channel: SMSChannel, settled: [SettledRecipient] = []
    ) async -> DeliveryFailure? {
        await failure { () throws(DeliveryFailure) in try await channel.deliver(notification, settled: settled) }
    }

    @Test func `tells each recipient`() async throws {
        let twilio = try TwilioStandIn()
        let receipt = try await channel(twilio.url, to: [Self.ann, Self.bob]).deliver(.example())
        let text = "[high] Brute force from 203.0.113.9 (inc-1)\n12 failures in 60 s."
        #expect(Set(twilio.messages) == [.init(to: Self.ann, body: text), .init(to: Self.bob, body: text)])
        #expect(receipt.message == "sent to \(Self.ann), \(Self.bob)")
    }

    @Test func `comes from a number, a name or a messaging service`() async throws {
        let twilio = try TwilioStandIn()
        let service = "MG" + String(repeating: "a1", count: 16)
        for from in ["+41 79 000 00 01", "Riposte 1", service] {
            #expect(await deliver(through: try channel(twilio.url, from: from)) == nil)
        }
        let forms = twilio.requests.map { $0.text.split(separator: "&")[1] }
        #expect(forms == ["From=%2B41790000001", "From=Riposte%201", "MessagingServiceSid=\(service[...])"])
        for wrong in ["", "a name that is long", "+12", "079111000123", "a&b=c", "ä"] { #expect(SMSConfiguration.Sender(wrong) == nil) }
        for wrong in ["", "0791110001", "+0791110001", "+4179x", "+1234567890123456", "41791110001"] { #expect(PhoneNumber(wrong) == nil) }
    }

    @Test(arguments: [
        ("https://evil.example/a?b=c&To=+1", "https[:]//evil[.]example/a?b=c&To=+1"), ("tel:+41900", "tel:+41900"),
        ("mail ann@evil.example", "mail ann[@]evil[.]example"), ("evil。example 2001:db8::1", "evil[。]example 2001:db8::1"),
        ("203.0.113.9 at 12:30", "203.0.113.9 at 12:30"), ("a\nb\u{202E}c", "a b c"),
    ])
    func `lets nobody's name make a link`(name: String, shown: String) async throws {
        let twilio = try TwilioStandIn()
        #expect(await deliver(.example(title: name, body: ""), through: try channel(twilio.url)) == nil)
        #expect(twilio.messages.map(\.body) == ["[high] \(shown) (inc-1)"])
    }

    @Test func `is cut to what people read`() async throws {
        let twilio = try TwilioStandIn()
        for long in ["a", "é", "👍🏽", "x.y"].map({ String(repeating: $0, count: 5000) }) {
            #expect(await deliver(.example(title: "t", body: long), through: try channel(twilio.url)) == nil)
        }
        for message in twilio.messages { #expect((310...320).contains(message.body.utf16.count) && message.body.hasSuffix("...")) }
    }

    @Test func `tells those again who were not told, and nobody twice`() async throws {
        let busy = LocalHTTPServer.Response.json(
            ["code": 20429, "message": "Too Many Requests"], status: 429, fields: [.init("Retry-After", "9")])
        let twilio = try TwilioStandIn([Self.bob: [busy]])
        let channel = try channel(twilio.url, to: [Self.ann, Self.bob, "+41791110000"])
        let first = try #require(await deliver(through: channel))
        #expect(first.kind == .transient && first.retryAfter == .seconds(9))
        #expect(
            first.message
                == "sent to \(Self.ann); not to +41791110000: \(twilio.url) answered 400 (Invalid 'To' Phone Number: +41791110000, 21211); "
                + "not yet to \(Self.bob): \(twilio.url) answered 429 (Too Many Requests, 20429)")
        #expect(first.settled.map(\.recipient) == ["+41791110000", Self.ann] && first.settled.map(\.isReached) == [false, true])
        let receipt = try await channel.deliver(.example(), settled: first.settled)
        #expect(receipt.message.hasPrefix("sent to \(Self.ann), \(Self.bob); not to +41791110000: "))
        #expect(twilio.messages.map(\.to) == [Self.ann, Self.bob])
        #expect(twilio.requests.count == 4)
    }

    @Test func `tells nobody twice over a restart either`() async throws {
        let twilio = try TwilioStandIn([Self.bob: [.text("", status: 503)]])
        let (store, clock) = (InMemoryStore(), ManualClock(autoAdvances: true))
        func outbox() throws -> OutboxService {
            let channel = try channel(twilio.url, to: [Self.ann, Self.bob])
            return OutboxService(
                store: store, channels: [channel], clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
        var notification = Riposte.Notification.example()
        notification.createdAt = clock.now()
        _ = try await outbox().enqueue(notification, to: "sms")
        try await outbox().deliverDue()
        #expect(try await store.openOutboxItems().map(\.settled?.count) == [1])
        clock.advance(by: .seconds(2))
        try await outbox().deliverDue()
        #expect(twilio.messages.map(\.to) == [Self.ann, Self.bob])
        #expect(try await store.outboxItems(of: "inc-1").map(\.receipt) == ["sent to \(Self.ann), \(Self.bob)"])
    }

    @Test func `is given up where nobody can be told`() async throws {
        let twilio = try TwilioStandIn()
        let error = try #require(await deliver(through: try channel(twilio.url, to: ["+41791110000"])))
        #expect(error.kind == .permanent)
        #expect(error.message == "not to +41791110000: \(twilio.url) answered 400 (Invalid 'To' Phone Number: +41791110000, 21211)")
    }

    @Test func `never shows its token`() async throws {
        let echo = try LocalHTTPServer { request in .json(["message": .string(request["authorization"] ?? ""), "code": 1], status: 400) }
        let channel = try channel(echo.url)
        let error = try #require(await deliver(through: channel))
        #expect(error.message == "not to \(Self.ann): \(echo.url) answered 400")
        var shown = ""
        dump(error, to: &shown)
        dump(channel, to: &shown)
        #expect(!shown.contains("hunter2"))
        #expect(throws: HTTPError.self) { try self.channel("http://sms.example.org") }
        let missing = try SMSChannel(
            SMSConfiguration(account: "AC", token: .file("/nowhere/token"), from: .name("R"), to: []), client: client)
        let told = SettledRecipient(Self.ann, isReached: true, words: "")
        let unreadable = await failure { () throws(DeliveryFailure) in try await missing.deliver(.example(), settled: [told]) }
        #expect(unreadable?.kind == .transient && unreadable?.settled == [told])
    }
}
