import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a Slack channel` {
    private let client = localClient()

    private func deliver(
        _ notification: Riposte.Notification = .example(), to url: String, plain: Bool = true
    ) async throws -> DeliveryFailure? {
        let file = try SecretFile(url + "\n")
        let channel = SlackChannel(webhook: file.secret, allowsPlainHTTP: plain, client: client)
        return await failure { () throws(DeliveryFailure) in try await channel.deliver(notification) }
    }

    /// The texts of a message, whatever block they stand in.
    private func texts(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { $0.key == "text" && $0.value.string != nil ? [$0.value.string ?? ""] : texts($0.value) }
        case .array(let elements): elements.flatMap(texts)
        default: []
        }
    }

    @Test func `posts title, text, facts and link`() async throws {
        let slack = try SlackStandIn()
        #expect(try await deliver(.example(link: "https://riposte.example/incidents/inc-1?tab=a&b=c"), to: slack.webhook) == nil)
        let message = try #require(slack.messages.first)
        #expect(message["text"] == "[high] Brute force from 203.0.113.9")
        let blocks = try #require(message["blocks"]?.array)
        #expect(blocks.map { $0["type"]?.string } == ["header", "section", "section", "context"])
        #expect(blocks[1]["text"]?["text"] == "12 failures in 60 s.")
        #expect(blocks[2].value(at: "fields.0.text") == "*ip*\n203.0.113.9")
        #expect(blocks[3].value(at: "elements.0.text") == "incident inc-1 · <https://riposte.example/incidents/inc-1?tab=a&amp;b=c|Open>")
    }

    @Test(arguments: ["<!channel>", "<@U123>", "<https://evil.example|Sign in>", "a & b < c > d", "&lt;!here&gt;"])
    func `lets nobody's name call people or make a link`(name: String) async throws {
        let slack = try SlackStandIn()
        let notification = Riposte.Notification.example(title: name, body: name, facts: [(name, name)], link: "javascript:alert(\(name))")
        #expect(try await deliver(notification, to: slack.webhook) == nil)
        let message = try #require(slack.messages.first)
        let escaped = name.split(separator: "&", omittingEmptySubsequences: false).joined(separator: "&amp;")
            .split(separator: "<", omittingEmptySubsequences: false).joined(separator: "&lt;")
            .split(separator: ">", omittingEmptySubsequences: false).joined(separator: "&gt;")
        for text in texts(message) { #expect(!text.contains("<") && !text.contains(">")) }
        #expect(texts(message).filter { $0.contains(escaped) }.count == 4)
        #expect(message.description.contains("javascript") == false)
    }

    @Test func `keeps inside Slack's limits whatever comes`() async throws {
        let slack = try SlackStandIn()
        let long = String(repeating: "<&>é👍🏽\u{202E}\u{301}", count: 5000)
        let facts = (0..<25).map { ("\($0)\(long)", long) }
        #expect(try await deliver(.example(title: long, body: long, facts: facts), to: slack.webhook) == nil)
        let message = try #require(slack.messages.first)
        for text in texts(message) where text.contains("…") {
            let tail = String(text.dropLast().suffix(6))
            #expect(tail.lastIndex(of: "&").map { tail[$0...].contains(";") } ?? true, "an escape is cut in two: \(tail)")
        }
        #expect(!message.description.contains("\u{202E}"))
        #expect(texts(message).contains { $0.contains("15 more facts") })
    }

    @Test func `leaves away what is empty, which Slack would refuse`() async throws {
        let slack = try SlackStandIn()
        #expect(try await deliver(.example(title: "", body: " \n ", facts: []), to: slack.webhook) == nil)
        #expect(try await deliver(.example(title: "", body: "", facts: [("", "")]), to: slack.webhook) == nil)
        #expect(slack.messages.count == 2)
    }

    @Test func `waits as long as Slack asks`() async throws {
        let slack = try SlackStandIn(rateLimited: 1)
        let first = try await deliver(to: slack.webhook)
        #expect(first?.kind == .transient)
        #expect(first?.retryAfter == .seconds(30))
        #expect(first?.message.hasSuffix("answered 429 (rate_limited)") == true)
        #expect(try await deliver(to: slack.webhook) == nil)
    }

    @Test func `never shows the webhook's path`() async throws {
        let slack = try SlackStandIn()
        let goneURL = goneServer() + SlackStandIn.path
        let echo = try LocalHTTPServer { request in .text("no such path: \(request.path)", status: 500) }
        let failures = [
            try await deliver(to: slack.webhook + "x"), try await deliver(to: goneURL), try await deliver(to: echo.url + SlackStandIn.path),
            try await deliver(to: slack.webhook, plain: false), try await deliver(to: "hunter2hunter2"),
            try await deliver(to: "http://[::1]:9" + SlackStandIn.path),
        ]
        #expect(failures.map { $0?.kind } == [.permanent, .transient, .transient, .permanent, .permanent, .permanent])
        #expect(failures.first??.message.hasSuffix("answered 404 (no_service)") == true)
        for failure in failures {
            var shown = ""
            dump(failure, to: &shown)
            #expect(!(shown + "\(failure as Any)" + String(reflecting: failure)).contains("hunter2"))
        }
    }

    @Test func `is told where its secret is missing`() async throws {
        let channel = SlackChannel(webhook: .file("/nowhere/slack"), client: client)
        let error = await failure { () throws(DeliveryFailure) in try await channel.deliver(.example()) }
        #expect(error?.kind == .transient)
        #expect(error?.message == "the secret file:/nowhere/slack cannot be opened: no such file")
    }
}
