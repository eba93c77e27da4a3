import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `an incident that nobody acknowledges` {
    private static let rules = NotificationRules(channels: [
        "slack": DeliveryRules(handOver: .init(after: .minutes(15), to: ["pager"])),
        "pager": DeliveryRules(handOver: .init(after: .minutes(30), to: ["sms"])),
    ])
    private let names: [ChannelName] = ["slack", "pager", "sms"]

    private func post(_ rules: NotificationRules = rules, on other: Post? = nil) -> Post {
        guard let other else { return Post(rules, names) }
        return Post(rules, names, store: other.store, clock: other.clock)
    }

    @Test func `is told on, from channel to channel, once each, also over a restart`() async throws {
        let post = post()
        #expect(try await post.tell(1) == .queued)
        try await post.deliver(until: noon + .minutes(14))
        #expect(post.told() == ["attack 1"] && post.told("pager").isEmpty)
        let next = self.post(on: post)
        try await next.deliver(until: noon + .minutes(44))
        #expect(next.told("pager") == ["attack 1"] && next.told("sms").isEmpty)
        #expect(next.delivered("pager").first?.body == "It is one. Nobody has taken it up in 15m after slack was to be told.")
        #expect(next.delivered("pager").first?.kind == .opened)
        let last = self.post(on: post)
        try await last.deliver(for: .hours(3))
        #expect(last.told("sms") == ["attack 1"])
        #expect(next.told().count + last.told().count + last.told("pager").count == 0)
    }

    @Test(arguments: [Notification.Kind.acknowledged, .resolved], [true, false])
    func `is not told on once somebody has`(kind: Notification.Kind, isTold: Bool) async throws {
        let post = post()
        try await post.tell(1)
        try await post.deliver(for: .minutes(10))
        try await post.move(1, kind, told: isTold)
        try await post.deliver(for: .hours(3))
        #expect(post.told("pager").isEmpty && post.told("sms").isEmpty)
        #expect(try await post.states(1, "pager") == ["dropped"])
        #expect(try await post.states(1, "sms") == ["dropped"])
        #expect(post.told().count == (isTold ? 2 : 1))
        let why = try await post.store.outboxItems(of: "inc-1").first { $0.channel == "pager" }?.lastError
        let words = kind == .acknowledged ? "acknowledged by ann" : "the incident is resolved"
        #expect(why == (isTold ? "the incident was \(kind) before" : words))
    }

    @Test func `tells those further who were told on`() async throws {
        let post = post()
        try await post.tell(1)
        try await post.deliver(for: .minutes(20))
        try await post.move(1, .acknowledged)
        try await post.deliver(for: .hours(2))
        #expect(post.told("pager") == ["attack 1", "Acknowledged: attack 1"])
        #expect(post.told("sms").isEmpty)
    }

    @Test func `is told at once where a step names the channel, and not again`() async throws {
        let post = post()
        try await post.tell(1)
        #expect(try await post.tell(1, through: "pager") == .queued)
        #expect(try await post.tell(1, through: "pager") == .toldAlready)
        try await post.deliver(for: .hours(3))
        #expect(post.told("pager") == ["attack 1"])
        #expect(post.told("sms") == ["attack 1"])
        #expect(try await post.states(1, "pager") == ["dropped", "delivered"])
    }

    @Test func `is told on when it was to be, though its severity rises`() async throws {
        let post = post()
        try await post.tell(1, .medium)
        try await post.deliver(for: .minutes(10))
        try await post.tell(1, .critical)
        try await post.deliver(until: noon + .minutes(16))
        #expect(post.delivered("pager").map(\.severity) == [.critical])
        try await post.deliver(for: .hours(3))
        #expect(post.delivered("pager").count == 1)
        #expect(post.delivered("sms").map(\.severity) == [.critical])
    }

    @Test func `is told on after the end of quiet hours, and of those of the other channel`() async throws {
        var rules = Self.rules
        rules.channels["slack"]?.quietHours = [QuietHours(from: 12 * 60, to: 13 * 60)]
        rules.channels["pager"]?.quietHours = [QuietHours(from: 13 * 60, to: 13 * 60 + 40)]
        let post = post(rules)
        try await post.tell(1)
        let open = try await post.store.openOutboxItems().filter { $0.hold?.reason == .unacknowledged }
        #expect(open.map(\.nextAttemptAt) == [noon + .minutes(100), noon + .minutes(130)])
        try await post.deliver(for: .minutes(99))
        #expect(post.told() == ["attack 1"] && post.told("pager").isEmpty)
        try await post.deliver(for: .minutes(1))
        #expect(post.told("pager") == ["attack 1"])
    }

    @Test func `is not told on where it is not severe enough for that`() async throws {
        var rules = Self.rules
        rules.channels["pager"]?.minimumSeverity = .high
        let post = post(rules)
        try await post.tell(1, .medium)
        try await post.deliver(for: .hours(3))
        #expect(post.told() == ["attack 1"] && post.told("pager").isEmpty)
        #expect(try await post.tell(1, .medium, through: "pager") == .belowSeverity)
    }

    @Test func `is never told on in a circle`() async throws {
        var rules = Self.rules
        rules.channels["sms"] = DeliveryRules(handOver: .init(after: .minutes(1), to: ["slack", "sms"]))
        #expect(rules.circle == ["pager", "sms", "slack", "pager"])
        #expect(Self.rules.circle == nil)
        rules.channels["sms"]?.handOver?.to = ["sms"]
        #expect(rules.circle == ["sms", "sms"])
        let post = post(rules)
        try await post.tell(1)
        try await post.deliver(for: .hours(5))
        #expect(names.map { post.told($0).count } == [1, 1, 1])
    }

    @Test func `is in the record with what waits for it`() async throws {
        let post = post()
        try await post.tell(1)
        let lines = try #require(try await IncidentReport("inc-1", from: post.store)).timeline.map(\.text)
        #expect(
            lines.contains(
                "notification for pager queued: sent at 2026-11-20T12:15:00Z where nobody has acknowledged the incident"))
    }
}

@Suite struct `routes` {
    private typealias Route = NotificationRules.Route
    private let all: [ChannelName] = ["log", "pager", "slack", "sms"]

    @Test func `say who is told of what, each once`() {
        let rules = NotificationRules(routes: [
            Route(severity: .atLeast(.critical), channels: ["pager", "sms"]),
            Route(severity: .atLeast(.medium), channels: ["slack", "pager"]),
            Route(severity: .exactly([.low]), channels: ["log"]), Route(playbooks: ["night"], channels: ["sms"]),
        ])
        #expect(rules.route(.critical, playbook: "day", among: all) == ["pager", "sms", "slack"])
        #expect(rules.route(.high, playbook: "day", among: all) == ["slack", "pager"])
        #expect(rules.route(.low, playbook: "night", among: all) == ["log", "sms"])
        #expect(rules.route(.info, playbook: nil, among: all) == [])
    }

    @Test func `that are not there lead everywhere but to those who are told where nobody acknowledges`() {
        #expect(NotificationRules().route(.low, playbook: nil, among: all) == all)
        let rules = NotificationRules(channels: ["slack": DeliveryRules(handOver: .init(after: .minutes(1), to: ["pager"]))])
        #expect(rules.route(.low, playbook: nil, among: all) == ["log", "slack", "sms"])
    }

    @Test func `are used by a step that names no channel`() async throws {
        let rules = NotificationRules(
            routes: [Route(severity: .atLeast(.high), channels: ["pager"]), Route(playbooks: ["p"], channels: ["slack"])],
            channels: ["slack": DeliveryRules(minimumSeverity: .high)])
        let post = Post(rules, ["slack", "pager"])
        func result(_ severity: Severity, _ playbook: String, _ parameters: [String: JSONValue] = [:]) async throws -> ActionResult {
            let action = NotifyAdmin(outbox: post.outbox)
            let context = ResponseContext(
                values: ["incident": ["severity": .string(severity.name), "title": "t"], "playbook": ["slug": .string(playbook)]],
                trigger: .manual(actor: "ann", reason: ""), incidentID: IncidentID("inc-\(severity)-\(playbook)"), runID: "run-1",
                step: StepPath(0),
                now: noon, logger: Bench.quiet)
            return try await action.execute(NotifyAdmin.Parameters(ParameterValues(parameters)), in: context)
        }
        #expect(try await result(.high, "p").message == "queued for pager, slack")
        #expect(try await result(.high, "q").message == "queued for pager")
        #expect(try await result(.low, "p").message == "low is not told through slack")
        #expect(try await result(.low, "q").message == "no route leads low anywhere")
        #expect(try await result(.low, "q", ["channels": ["pager", "slack"]]).message == "queued for pager; low is not told through slack")
    }
}
