import Logging
import RiposteTesting
import Synchronization
import Testing

@testable import Riposte

@Suite struct `an event reporter` {
    private let address = IPAddress(v4: 0xCB00_7109)
    private let decisions = DecisionBoard()
    private let store = InMemoryStore()

    private func responder(_ steps: [Step] = [Step(.blockIP)], _ actions: [any ResponseAction] = []) throws -> IncidentResponder {
        try IncidentResponder(
            playbooks: [
                Playbook("p", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))], steps: steps)
            ], actions: [BlockIP(decisions: decisions)] + actions, store: store, decisions: decisions,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs both until `body` has returned.
    private func running(_ reporter: EventReporter, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reporter.responder.run() }
            group.addTask { try await reporter.run() }
            try await body()
            group.cancelAll()
            // Cancelled, so what they throw is that.
            while let result = await group.nextResult() { _ = result }
        }
    }

    private func failures(_ count: Int, _ reporter: EventReporter) {
        for _ in 0..<count { reporter.report(.loginFailed(user: "alice", ip: address)) }
    }

    private var isBanned: Bool { decisions.snapshot.verdict(for: address, at: SystemClock().now()) == .ban }

    @Test func `the ban is in force when the client's next request is let on`() async throws {
        let reporter = EventReporter(to: try responder())
        try await running(reporter) {
            failures(9, reporter)
            await reporter.settle(address)
            #expect(!isBanned)
            failures(1, reporter)
            await reporter.settle(address)
            #expect(isBanned)
        }
    }

    @Test func `a slow step after the ban holds no request up`() async throws {
        let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
        let slow = ClosureAction("slow") { _ in
            await withCheckedContinuation { continuation in gate.withLock { $0 = continuation } }
            return .success("done")
        }
        let reporter = EventReporter(to: try responder([Step(.blockIP), Step("slow")], [slow]), configuration: .init(patience: .hours(1)))
        try await running(reporter) {
            failures(10, reporter)
            await reporter.settle(address)
            #expect(isBanned)
            while gate.withLock({ $0 == nil }) { await Task.yield() }
            gate.withLock { $0.take()?.resume() }
        }
    }

    @Test func `a slow step before the ban holds a request up for the patience and no longer, and nobody else`() async throws {
        let stuck = ClosureAction("slow") { _ in
            try await Task.sleep(for: .seconds(3600))
            return .success("done")
        }
        let reporter = EventReporter(
            to: try responder([Step("slow", retry: .none, timeout: .seconds(5)), Step(.blockIP)], [stuck]),
            configuration: .init(patience: .milliseconds(50)))
        try await running(reporter) {
            failures(10, reporter)
            await reporter.settle(IPAddress(v4: 1))
            await reporter.settle(address)
            #expect(!isBanned)
        }
    }

    @Test func `what finds no place is dropped and counted, at once, and nobody waits for it`() async throws {
        let reporter = EventReporter(to: try responder(), configuration: .init(capacity: 100))
        failures(250, reporter)
        #expect(reporter.counts == .init(reported: 100, dropped: 150, waiting: 100))
        await reporter.settle(address)  // nobody runs it, so there is nothing to wait for
        try await running(reporter) {
            await reporter.settle()
            #expect(reporter.counts == .init(reported: 100, dropped: 150, waiting: 0))
            #expect(isBanned)
        }
    }

    @Test func `takes in what was reported by many at once, each once and in order`() async throws {
        let seen = Mutex<[UInt64]>([])
        let detection = DetectionService(DetectionEngine(additional: [Recorder(seen: { id in seen.withLock { $0.append(id) } })]))
        let reporter = EventReporter(to: try responder(), detection: detection)
        try await running(reporter) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { for _ in 0..<500 { reporter.report(.loginSucceeded(user: "bob", ip: address)) } } }
            }
            await reporter.settle()
        }
        #expect(seen.withLock(\.self) == Array(1...4000))
    }

    @Test func `after a restart the same attack is not found a second time, and what was let go stays so`() async throws {
        let first = EventReporter(to: try responder())
        try await running(first) {
            failures(10, first)
            await first.settle(address)
        }
        let incident = try #require(try await store.incidents(IncidentQuery()).first)
        let second = EventReporter(to: try responder())
        try await running(second) {
            await second.settle()
            #expect(isBanned)
            try await second.responder.undo(incident.id, actor: "operator")
            #expect(!isBanned)
            failures(10, second)
            await second.settle(address)
            #expect(isBanned)
        }
        #expect(try await store.incidents(IncidentQuery()).count == 1)
    }
}

private struct Recorder: Detector {
    let seen: @Sendable (UInt64) -> Void
    var names: [DetectorName] { ["recorder"] }
    var window: Duration { .zero }
    var evictions: Int { 0 }
    mutating func observe(_ events: borrowing [Event], into anomalies: inout [Anomaly]) {
        for index in events.indices { seen(events[index].sequence) }
    }
    mutating func remember(_ anomaly: Anomaly) {}
    mutating func forget(_ target: Target, upTo time: Timestamp) {}
}
