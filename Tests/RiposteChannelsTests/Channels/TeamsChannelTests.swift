import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a Teams channel` {
    private let client = localClient()

    private func deliver(
        _ notification: Riposte.Notification = .example(), to url: String, plain: Bool = true
    ) async throws -> DeliveryFailure? {
        let file = try SecretFile(url + "\n")
        let channel = TeamsChannel(webhook: file.secret, allowsPlainHTTP: plain, client: client)
        return await failure { () throws(DeliveryFailure) in try await channel.deliver(notification) }
    }

    /// The text of each block.
    private func texts(_ card: JSONValue) -> [String] {
        (card["body"]?.array ?? []).map { ($0["inlines"]?.array ?? []).compactMap { $0["text"]?.string }.joined() }
    }

    @Test func `posts one card with title, text, facts and link`() async throws {
        let teams = try TeamsStandIn()
        let notification = Riposte.Notification.example(body: "12 failures\n\nin 60 s.", link: "https://riposte.example/incidents/inc-1")
        #expect(try await deliver(notification, to: teams.webhook) == nil)
        let card = try #require(teams.cards.first)
        #expect(
            texts(card) == [
                "[high] Brute force from 203.0.113.9", "12 failures", "in 60 s.", "ip: 203.0.113.9", "incident inc-1 · opened",
            ])
        #expect(card.value(at: "actions.0.url") == "https://riposte.example/incidents/inc-1")
        #expect(card["msteams"]?["entities"] == nil)
    }

    @Test(arguments: ["<at>ann</at>", "[Sign in](https://evil.example)", "**x** _y_", "{{DATE(2017-02-14T06:08:39Z,LONG)}}"])
    func `lets nobody's name mention, link or format`(name: String) async throws {
        let teams = try TeamsStandIn()
        let notification = Riposte.Notification.example(title: name, body: name, facts: [(name, name)], link: "javascript:alert(1)")
        #expect(try await deliver(notification, to: teams.webhook) == nil)
        let card = try #require(teams.cards.first)
        // All of it stands in text runs, which is what the server insists on.
        #expect(texts(card).map { $0.replacing("\u{2060}", with: "") }.prefix(3) == ["[high] \(name)", name, "\(name): \(name)"])
        #expect(!card.description.contains("{{"))
        #expect(card["actions"] == nil)
    }

    @Test(arguments: ["a", "é", "漢", "👍🏽", "\"", "\\", "{"])
    func `keeps below 28 KB whatever comes`(piece: String) async throws {
        let teams = try TeamsStandIn()
        let long = String(repeating: piece, count: 40_000)
        let facts = (0..<60).map { ("\($0)\(long)", long) }
        #expect(try await deliver(.example(title: long, body: long, facts: facts), to: teams.webhook) == nil)
        #expect(try await deliver(.example(title: "t", body: long, facts: []), to: teams.webhook) == nil)
        let lines = String(repeating: "\(piece)\n", count: 10_000)
        #expect(try await deliver(.example(title: "", body: lines, facts: [("", "")]), to: teams.webhook) == nil)
        #expect(teams.cards.first.map(texts)?.last?.hasSuffix("more facts") == true)
    }

    @Test func `is tried again after 429 and 5xx, and given up in the server's words`() async throws {
        let teams = try TeamsStandIn(.text("", status: 429, fields: [.init("Retry-After", "20")]), .text("", status: 503))
        let limited = try await deliver(to: teams.webhook)
        #expect(limited?.kind == .transient && limited?.retryAfter == .seconds(20))
        #expect(try await deliver(to: teams.webhook)?.kind == .transient)
        #expect(try await deliver(to: teams.webhook) == nil)
        let refused = try await deliver(to: teams.webhook + "x")
        #expect(refused?.kind == .permanent)
        #expect(refused?.message == "\(teams.origin) answered 401 (DirectApiAuthorizationRequired: The signature is missing or wrong.)")
    }

    @Test func `never shows the signature in its URL`() async throws {
        let echo = try LocalHTTPServer { request in .json(["error": ["message": .string("not for \(request.target)")]], status: 400) }
        let failures = [
            try await deliver(to: echo.url + TeamsStandIn.path + "?" + TeamsStandIn.query),
            try await deliver(to: "http://[::1]:9/x?sig=hunter2hunter2"), try await deliver(to: "https://a.example/?sig=hunter2 hunter2"),
            try await deliver(to: "http://a.example/?sig=hunter2hunter2", plain: false),
        ]
        for failure in failures {
            #expect(failure?.kind == .permanent)
            var shown = ""
            dump(failure, to: &shown)
            #expect(!shown.contains("hunter2"))
        }
    }
}
