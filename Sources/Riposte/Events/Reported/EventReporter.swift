internal import Logging
internal import Metrics
public import ServiceLifecycle
internal import Synchronization

/// How a server that embeds Riposte tells what happens in it, and what its middlewares ask before they let a request through.
///
/// ```swift
/// let security = EventReporter(to: responder)          // beside the responder among the server's services
/// security.report(.loginFailed(user: "alice", ip: context.security.address))
/// ```
///
/// ``report(_:)`` takes an event in and returns: it waits for nothing, throws nothing, and where ``Configuration/capacity`` events
/// wait already it drops the new one and counts it. The events are looked at in the order of their reports, by ``run()``.
///
/// So that an attacker's next request meets what his last one has led to, ``settle(_:)`` lets a request wait while something
/// that the *same* client did has not been answered. It holds up nobody else.
///
/// The latest ``tailCapacity`` sign-ins are in the store, at most a second late, so that after a restart the detectors go on counting where
/// they were. Incidents, runs and decisions are there before anything else happens.
public final class EventReporter: Service {
    /// How much is borne and waited for.
    public struct Configuration: Sendable {
        /// How many events may wait.
        public var capacity: Int
        /// For how long at most a request waits for the answer to what its client did before.
        public var patience: Duration
        /// Under which name the events are recorded.
        public var source: SourceName

        /// Creates a configuration; the defaults suit a server of one process.
        public init(capacity: Int = 10_000, patience: Duration = .milliseconds(500), source: SourceName = "library") {
            self.capacity = capacity
            self.patience = patience
            self.source = source
        }
    }

    /// What became of the events since the start.
    public struct Counts: Sendable, Hashable {
        /// Taken in.
        public var reported: UInt64
        /// Not taken in: the queue was full, or the server was shutting down.
        public var dropped: UInt64
        /// Taken in and not looked at yet.
        public var waiting: Int
    }

    /// Who answers what is found.
    public let responder: IncidentResponder
    /// What it was made with.
    public let configuration: Configuration
    private let detection: DetectionService
    private let queue: ReportQueue
    private let clients = ClientsInHand()
    private let tail = Mutex(EventTail())
    /// How many sign-ins the store keeps for the next start.
    public static let tailCapacity = EventTail.capacity
    private let isRunning = Atomic(false)
    private let complaint = Mutex(Complaint())

    /// - Parameter detection: the detectors; shared with a ``Pipeline`` where the server follows logs as well.
    public init(
        to responder: IncidentResponder, detection: DetectionService = DetectionService(DetectionEngine()),
        configuration: Configuration = Configuration()
    ) {
        self.responder = responder
        self.detection = detection
        self.configuration = configuration
        queue = ReportQueue(capacity: configuration.capacity)
    }

    /// What is in force.
    public var decisions: DecisionBoard { responder.decisions }
    /// What has become of the events so far. Never waits.
    public var counts: Counts {
        let counts = queue.counts
        return Counts(reported: counts.reported, dropped: counts.dropped, waiting: counts.waiting)
    }
    package var clock: any WallClock { responder.clock }

    /// Takes one event in. Never waits, never throws. What the server itself refused because of a decision is not an event.
    public func report(_ event: ReportedEvent) {
        let client = Self.client(event.address)
        // Before it can be looked at, or it would be taken off the list before it is on it.
        clients.add(client)
        guard !queue.add(event, from: configuration.source, clock) else { return }
        clients.remove([client])
        complain()
        Counter(label: "riposte_events_dropped", dimensions: [("source", "\(configuration.source)")]).increment()
    }

    private func complain() {
        let words =
            isRunning.load(ordering: .relaxed)
            ? "events are reported faster than they are looked at: some are dropped"
            : "nobody looks at what is reported: run the EventReporter among the server's services"
        if complaint.withLock({ $0.isNews(words, at: clock.now()) }) {
            responder.logger.error("\(words)", metadata: ["dropped": "\(queue.counts.dropped)"])
        }
    }

    /// How an account stands now: what a sign-in asks before it lets anybody in.
    public func standing(of user: String) -> AccountVerdict { decisions.snapshot.verdict(for: user, at: clock.now()) }

    // MARK: - Waiting

    /// Whether anything at all has not been answered yet. Where not, ``settle(_:)`` has nothing to wait for.
    public var isBusy: Bool { !clients.isEmpty }

    /// Returns when everything that this client did has been looked at and answered, at once where nothing is open, and after
    /// ``Configuration/patience`` in any case.
    public func settle(_ address: IPAddress) async {
        guard isBusy else { return }
        let client = Self.client(address)
        guard clients.contains(client) else { return }
        await race([{ await self.clients.waitUntilFree(client) }, { await self.patience() }])
        if !isRunning.load(ordering: .relaxed) { complain() }
    }

    /// Returns when everything that was reported has been looked at and answered. For tests, and before a shutdown.
    public func settle() async { await clients.waitUntilEmpty() }

    /// What a client is known by; all who have no address are one.
    private static func client(_ address: IPAddress?) -> AddressRange {
        address.map { AddressRange(attackerAt: $0) } ?? AddressRange(IPAddress(high: 0, low: 0), prefixLength: 0)
    }

    /// The first of them to return ends the others.
    private func race(_ works: [@Sendable () async -> Void]) async {
        await withTaskGroup(of: Void.self) { group in
            for work in works { group.addTask { await work() } }
            await group.next()
            group.cancelAll()
        }
    }

    private func patience() async { try? await clock.sleep(until: clock.now() + configuration.patience) }

    // MARK: - Service

    /// Looks at what is reported until the server shuts down, and at what still waits then.
    ///
    /// - Throws: what the store throws where it is not to be waited for.
    public func run() async throws {
        queue.open()
        isRunning.store(true, ordering: .relaxed)
        defer {
            isRunning.store(false, ordering: .relaxed)
            queue.close()
        }
        try await recover()
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                while let events = await queue.next() {
                    let wasClean = tail.withLock { !$0.isDirty }
                    let (runs, answered) = try await take(events)
                    let (held, free) = events.map { Self.client($0.address) }.partitioned(answered.contains)
                    clients.remove(free)
                    if !held.isEmpty { group.addTask { await self.release(held, after: runs) } }
                    if wasClean, tail.withLock(\.isDirty) { group.addTask { await self.writeTailSoon() } }
                }
                group.cancelAll()
            }
            await writeTail()
        } onGracefulShutdown: {
            self.queue.close()
        }
    }

    /// The detectors as they were: what was found is not found again, what was let go stays so, what was counted counts on.
    private func recover() async throws {
        try await responder.recover()
        let start = clock.now() - detection.window
        detection.remember(try await responder.store.anomalies(after: start))
        let kept = EventTail(try await responder.store.sourceStates()[configuration.source])
        tail.withLock { $0 = kept }
        var released = try await responder.releasedTargets(within: detection.window)[...]
        detection.observeAgain(kept.events(since: start, from: configuration.source), letting: &released)
        for (target, time) in released { detection.forget(target, upTo: time) }
    }

    /// All that is reported meanwhile is written with it.
    private func writeTailSoon() async {
        do { try await clock.sleep(until: clock.now() + .seconds(1)) } catch { return }
        await writeTail()
    }

    private func writeTail() async {
        let json = tail.withLock { tail -> JSONValue? in
            defer { tail.isDirty = false }
            return tail.isDirty ? tail.json : nil
        }
        guard let json else { return }
        do { try await responder.ingest([], from: (configuration.source, json)) } catch {
            tail.withLock { $0.isDirty = true }
            responder.logger.notice("the latest sign-ins were not written for the next start: \(error)")
        }
    }

    /// Through the detectors and into the ingest commit. The answer is the runs that were started, and whom they are about.
    private func take(_ events: [Event]) async throws -> (runs: [RunID], clients: Set<AddressRange>) {
        for (target, time) in responder.forgotten.take() { detection.forget(target, upTo: time) }
        responder.observe(events)
        let anomalies = detection.observe(events)
        await responder.noteBreaches(by: events)
        // Not in the tail before what was found is on disk, or a restart would take for found what was not.
        defer { tail.withLock { $0.add(events) } }
        guard !anomalies.isEmpty else { return ([], []) }
        let state = (configuration.source, tail.withLock { $0.json(with: events) })
        let runs = try await responder.ingestPatiently(anomalies, from: state, responder.logger)
        guard !runs.isEmpty else { return ([], []) }
        return (runs, Set(anomalies.flatMap { $0.targets.addresses + $0.sources }))
    }

    /// Lets the requests of these clients through to what was decided: when it is in force, or will not be.
    private func release(_ held: [AddressRange], after runs: [RunID]) async {
        await race([
            { await self.responder.queue.waitUntilDone(runs) },
            { await self.decisions.wait { self.isHeld(held, in: $0) } },
            { await self.patience() },
        ])
        clients.remove(held)
    }

    private func isHeld(_ clients: [AddressRange], in snapshot: DecisionSnapshot) -> Bool {
        let now = clock.now()
        return clients.allSatisfy { snapshot.verdict(for: $0.network, at: now) != .pass }
    }
}
