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

    private func reporter(_ responder: IncidentResponder, patience: Duration = .seconds(60)) -> EventReporter {
        EventReporter(to: responder, configuration: .init(patience: patience))
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
        let reporter = self.reporter(try responder())
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
        let gate = Gate()
        let reporter = EventReporter(
            to: try responder([Step(.blockIP), Step("slow")], [gate.action("slow")]), configuration: .init(patience: .hours(1)))
        try await running(reporter) {
            failures(10, reporter)
            await reporter.settle(address)
            #expect(isBanned)
            gate.open()
        }
    }

    @Test func `a slow step before the ban holds a request up for the patience and no longer, and nobody else`() async throws {
        let gate = Gate()
        let reporter = EventReporter(
            to: try responder([Step("slow"), Step(.blockIP)], [gate.action("slow")]), configuration: .init(patience: .milliseconds(50)))
        try await running(reporter) {
            failures(10, reporter)
            await reporter.settle(IPAddress(v4: 1))
            await reporter.settle(address)
            #expect(!isBanned)
            gate.open()
        }
    }

    @Test func `what finds no place is dropped and counted, at once`() async throws {
        let reporter = EventReporter(to: try responder(), configuration: .init(capacity: 100, patience: .milliseconds(10)))
        failures(250, reporter)
        #expect(reporter.counts == .init(reported: 100, dropped: 150, waiting: 100))
        await reporter.settle(address)  // nobody runs it: no request waits longer than the patience
        try await running(reporter) {
            await reporter.settle()
            #expect(reporter.counts == .init(reported: 100, dropped: 150, waiting: 0))
            await reporter.responder.waitForRuns()  // on a busy machine the ban may take longer than the patience
            #expect(isBanned)
        }
    }

    @Test func `of a long name no more waits than of one in a log, and two stay two`() async throws {
        let queue = ReportQueue(capacity: 10)
        let long = String(repeating: "\u{E9}", count: 50_000)
        let names = ["alice", String(repeating: "a", count: Event.longestName), long + "1", long + "2"]
        for name in names { #expect(queue.add(.loginFailed(user: name, ip: address), from: "library", SystemClock())) }
        let kept = try #require(await queue.next()).compactMap(\.user)
        #expect(kept.prefix(2) == names.prefix(2))
        #expect(kept.dropFirst(2).allSatisfy { (Event.longestName + 1...Event.longestName + 100).contains($0.utf8.count) })
        #expect(Set(kept).count == 4)
    }

    @Test func `takes in what was reported by many at once, each once and in order`() async throws {
        let seen = Mutex<[UInt64]>([])
        let detection = DetectionService(DetectionEngine(additional: [Recorder(seen: { id in seen.withLock { $0.append(id) } })]))
        let reporter = EventReporter(to: try responder(), detection: detection, configuration: .init(patience: .seconds(60)))
        try await running(reporter) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { for _ in 0..<500 { reporter.report(.loginSucceeded(user: "bob", ip: address)) } } }
            }
            await reporter.settle()
        }
        #expect(seen.withLock(\.self) == Array(1...4000))
    }

    @Test func `a restart goes on counting where it was`() async throws {
        let first = reporter(try responder())
        try await running(first) {
            failures(9, first)
            await first.settle()
        }
        #expect(!isBanned)
        let second = reporter(try responder())
        try await running(second) {
            failures(1, second)
            await second.settle(address)
            #expect(isBanned)
        }
    }

    @Test func `what the store keeps for a restart is bounded, and holds no name that is no account's`() async throws {
        let reporter = self.reporter(try responder())
        try await running(reporter) {
            reporter.report(.loginFailed(user: "hunter2-typed-here", ip: IPAddress(v4: 7), reason: .unknownUser))
            await reporter.settle()
        }
        let text = try #require(try await store.sourceStates()["library"]?.description)
        #expect(!text.contains("hunter2"))
        var tail = EventTail()
        let event = Event(time: noon, kind: .login, outcome: .failure, address: address, user: "alice")
        for _ in 0..<30 { tail.add(Array(repeating: event, count: 100)) }
        tail.add([Event(time: noon, kind: .logout, outcome: .success)])
        let kept = EventTail(tail.json).events(since: noon, from: "library")
        #expect(kept.count == EventTail.capacity)
        #expect(kept.last == Event(time: noon, kind: .login, outcome: .failure, address: address, user: "alice", source: "library"))
        #expect(EventTail(tail.json).events(since: noon + .seconds(1), from: "library").isEmpty)
        #expect(EventTail("nonsense").events(since: noon, from: "library").isEmpty)
    }

    @Test func `after a restart the same attack is not found a second time, and what was let go stays so`() async throws {
        let first = reporter(try responder())
        try await running(first) {
            failures(10, first)
            await first.settle(address)
        }
        let incident = try #require(try await store.incidents(IncidentQuery()).first)
        let second = reporter(try responder())
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

/// An action that is done when it is let.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)
    private let changed = Broadcast()

    func open() {
        isOpen.store(true, ordering: .releasing)
        changed.wake()
    }

    func action(_ name: ActionName) -> ClosureAction {
        ClosureAction(name) { _ in
            await self.changed.wait { self.isOpen.load(ordering: .acquiring) }
            return .success("done")
        }
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
