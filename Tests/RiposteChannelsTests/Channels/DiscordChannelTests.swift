import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a Discord channel` {
    private let client = localClient()

    private func deliver(
        _ notification: Riposte.Notification = .example(), to url: String, plain: Bool = true
    ) async throws -> DeliveryFailure? {
        let file = try SecretFile(url + "\n")
        let channel = DiscordChannel(webhook: file.secret, allowsPlainHTTP: plain, client: client)
        return await failure { () throws(DeliveryFailure) in try await channel.deliver(notification) }
    }

    @Test func `posts one embed and asks whether it is there`() async throws {
        let discord = try DiscordStandIn()
        #expect(try await deliver(.example(link: "https://riposte.example/incidents/inc-1"), to: discord.webhook) == nil)
        #expect(discord.requests.first?.target == DiscordStandIn.path + "?wait=true")
        let message = try #require(discord.messages.first)
        #expect(message["allowed_mentions"] == ["parse": []])
        let embed = try #require(message.value(at: "embeds.0"))
        #expect(embed["title"]?.string.flatMap(shownByDiscord) == "[high] Brute force from 203.0.113.9")
        #expect(embed["description"]?.string.flatMap(shownByDiscord) == "12 failures in 60 s.")
        #expect(embed.value(at: "fields.0.value")?.string.flatMap(shownByDiscord) == "203.0.113.9")
        #expect(embed.value(at: "footer.text") == "incident inc-1 · opened")
        #expect(embed["url"] == "https://riposte.example/incidents/inc-1")
    }

    @Test(arguments: [
        "@everyone", "<@123456789012345678>", "[Sign in](https://evil.example)", "https://evil.example/a?b=c",
        "**x** __y__ ~~z~~ ||s|| `c`",
        "# big\n- list\n> quote\n1. one", "<t:1:R> <#1> :smile: \\",
    ])
    func `shows everybody's name as it is, and lets none ping, link or format`(name: String) async throws {
        let discord = try DiscordStandIn()
        let notification = Riposte.Notification.example(title: name, body: name, facts: [(name, name)], link: "javascript:alert(\(name))")
        #expect(try await deliver(notification, to: discord.webhook) == nil)
        let embed = try #require(discord.messages.first?.value(at: "embeds.0"))
        let line = name.split(separator: "\n").joined(separator: " ")
        #expect(embed["title"]?.string.flatMap(shownByDiscord) == "[high] " + line)
        #expect(embed["description"]?.string.flatMap(shownByDiscord) == name)
        #expect(embed.value(at: "fields.0.name")?.string.flatMap(shownByDiscord) == line)
        #expect(embed.value(at: "fields.0.value")?.string.flatMap(shownByDiscord) == line)
        #expect(embed["url"] == nil)
    }

    @Test func `keeps inside Discord's limits whatever comes`() async throws {
        let discord = try DiscordStandIn()
        for long in ["<&>*é👍🏽\u{202E}\u{301}", "漢", "@", "\\"].map({ String(repeating: $0, count: 5000) }) {
            let facts = (0..<30).map { ("\($0)\(long)", long) }
            #expect(try await deliver(.example(title: long, body: long, facts: facts), to: discord.webhook) == nil)
        }
        #expect(try await deliver(.example(title: "", body: " \n ", facts: [("", " ")]), to: discord.webhook) == nil)
        for message in discord.messages {
            let embed = try #require(message.value(at: "embeds.0"))
            #expect(embed["title"]?.string.flatMap(shownByDiscord) != nil)
            #expect(!message.description.contains("\u{202E}"))
        }
        #expect(discord.messages.first?.value(at: "embeds.0.footer.text")?.string?.hasSuffix("20 more facts") == true)
    }

    @Test func `waits as long as Discord asks, to the millisecond`() async throws {
        let discord = try DiscordStandIn(
            .json(
                ["message": "You are being rate limited.", "retry_after": 64.57, "global": false], status: 429,
                fields: [.init("Retry-After", "65")]),
            .text("", status: 429, fields: [.init("Retry-After", "7")]), .text("", status: 502))
        let first = try await deliver(to: discord.webhook)
        #expect(first?.kind == .transient)
        #expect(first?.retryAfter == .milliseconds(64_570))
        #expect(first?.message.hasSuffix("answered 429 (You are being rate limited.)") == true)
        #expect(try await deliver(to: discord.webhook)?.retryAfter == .seconds(7))
        #expect(try await deliver(to: discord.webhook)?.kind == .transient)
        #expect(try await deliver(to: discord.webhook) == nil)
    }

    @Test func `gives up after 4xx in Discord's words, and never shows the webhook`() async throws {
        let discord = try DiscordStandIn()
        let echo = try LocalHTTPServer { request in .json(["message": .string("no such path: \(request.target)")], status: 400) }
        let failures = [
            try await deliver(to: discord.webhook + "x"), try await deliver(to: echo.url + DiscordStandIn.path),
            try await deliver(to: discord.webhook, plain: false), try await deliver(to: "hunter2hunter2"),
        ]
        #expect(failures.map { $0?.kind } == [.permanent, .permanent, .permanent, .permanent])
        #expect(failures.first??.message == "\(discord.origin) answered 404 (Unknown Webhook, 10015)")
        for failure in failures {
            var shown = ""
            dump(failure, to: &shown)
            #expect(!shown.contains("hunter2"))
        }
    }
}
