import Foundation
import Logging
import Riposte
import RiposteChannels
import RiposteTesting
import Synchronization
import Testing

/// The outbox before real servers that are down, hang, or refuse one of several recipients.
@Suite struct `many notifications` {
    private let store = InMemoryStore()
    private let clock = ManualClock()

    private func outbox(_ channel: any NotificationChannel, timeout: Duration = .seconds(60)) -> OutboxService {
        OutboxService(
            store: store, channels: [channel], clock: clock, deliveryTimeout: timeout,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func put(_ count: Int, for channel: ChannelName) async throws {
        let items = (0..<count).map { number in
            var notification = Riposte.Notification.example()
            (notification.id, notification.incidentID) = ("ntf-\(number)", "inc-\(number)")
            notification.createdAt = clock.now()
            return OutboxItem(notification: notification, channel: channel, nextAttemptAt: clock.now())
        }
        try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
    }

    private func run(_ outbox: OutboxService, for duration: Duration) async throws {
        for _ in 0..<Int(duration / .seconds(5)) {
            clock.advance(by: .seconds(5))
            try await outbox.deliverDue()
        }
    }

    @Test(arguments: [LocalHTTPServer.Response(503), .dropped, .hanging])
    func `ask a server that is down a few times, and reach it each once when it is back`(_ away: LocalHTTPServer.Response) async throws {
        let isBack = Mutex(false)
        let server = try LocalHTTPServer { _ in isBack.withLock { $0 } ? LocalHTTPServer.Response(200) : away }
        let channel = try WebhookChannel(WebhookConfiguration(url: server.url), client: localClient(), clock: clock)
        let outbox = outbox(channel, timeout: away == .hanging ? .milliseconds(100) : .seconds(60))
        try await put(300, for: channel.name)
        try await run(outbox, for: .minutes(30))
        #expect(await server.waitUntilIdle())
        let before = server.requestCount
        #expect(before <= 30)
        #expect(outbox.health.first?.restsUntil != nil)
        isBack.withLock { $0 = true }
        // On a busy machine an answer may well take longer than that.
        try await run(away == .hanging ? self.outbox(channel) : outbox, for: .minutes(5))
        let keys = server.requests.dropFirst(before).compactMap { $0["idempotency-key"] }
        #expect(keys.count == 300 && Set(keys).count == 300)
        #expect(try await store.openOutboxItems().isEmpty)
    }

    @Test func `ask nobody at an address where nobody listens more than a few times`() async throws {
        let channel = try WebhookChannel(WebhookConfiguration(url: "http://127.0.0.1:1"), client: localClient(), clock: clock)
        try await put(300, for: channel.name)
        try await run(outbox(channel), for: .hours(1))
        let items = try await store.openOutboxItems()
        #expect(items.count == 300 && items.map(\.attempts).reduce(0, +) <= 40)
        #expect(items.contains { $0.lastError == "no connection to http://127.0.0.1:1" })
    }

    @Test(.enabled(if: MailStandIn.isAvailable))
    func `reach one recipient at once though the server puts off the other`() async throws {
        let certificate = try TestCertificate()
        let server = try MailStandIn("--certificate", certificate.path, "--recipient", "bob@example.org=450 4.2.1 later")
        let mail = try #require(MailServer(host: "127.0.0.1", port: server.port, encryption: .startTLS))
        let channel = try EmailChannel(
            EmailConfiguration(
                server: mail, from: try #require(MailAddress("riposte@example.org")),
                to: ["ann@example.org", "bob@example.org"].compactMap { MailAddress($0) }, certificateAuthorities: certificate.path))
        try await put(20, for: channel.name)
        let outbox = outbox(channel)
        try await outbox.deliverDue()
        for _ in 0..<3 { try await run(self.outbox(channel), for: .seconds(5)) }
        let items = try await store.openOutboxItems()
        #expect(items.count == 20)
        try #require(items.allSatisfy { $0.settled?.map(\.recipient) == ["ann@example.org"] && $0.attempts >= 2 })
        #expect(outbox.health.first?.restsUntil == nil)
        var taken = 0
        while taken < 20 {
            let record = try server.next()
            guard record["headers"] != nil else { continue }
            #expect(record["to"] == ["ann@example.org"])
            taken += 1
        }
    }
}
