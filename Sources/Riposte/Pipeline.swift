public import Logging
public import ServiceLifecycle

/// The way of one event, from top to bottom: source ─▶ event ─▶ detector ─▶ anomaly ─▶ the responder, which opens or joins
/// the incident and starts the runs.
///
/// Each source is read at its own pace; they share the detectors. An event is acknowledged, its source's position written,
/// only in or after the commit that holds what it made the detectors find; so a restart reads on from there, with the
/// detectors warmed up from what came before.
public struct Pipeline: Service {
    /// One configured source.
    public struct Input: Sendable {
        /// Where the bytes come from.
        public var source: any EventSource
        /// What they mean.
        public var format: FormatChoice
        /// What times without an offset are local to.
        public var timezone: TimeZoneRule

        /// Creates an input; nothing is opened yet.
        public init(_ source: any EventSource, format: FormatChoice, timezone: TimeZoneRule = .utc) {
            self.source = source
            self.format = format
            self.timezone = timezone
        }
    }

    private let inputs: [Input]
    private let detection: DetectionService
    private let responder: IncidentResponder
    private let evidence: EvidenceKeeper?
    private let clock: any WallClock
    private let board: SourceCountsBoard
    private let logger: Logger

    /// Creates a pipeline.
    ///
    /// - Parameters:
    ///   - inputs: each is read at its own pace.
    ///   - detection: shared with an ``EventReporter`` where the server reports events as well.
    ///   - evidence: keeps the events of those who are logged in more detail; `nil` = nobody does.
    ///   - counts: shows how the lines of each source fare.
    public init(
        _ inputs: [Input], detection: DetectionService, responder: IncidentResponder, evidence: EvidenceKeeper? = nil,
        clock: any WallClock = SystemClock(),
        counts: SourceCountsBoard = SourceCountsBoard(), logger: Logger = Logger(label: "riposte.pipeline")
    ) {
        self.inputs = inputs
        self.detection = detection
        self.responder = responder
        self.evidence = evidence
        self.clock = clock
        board = counts
        self.logger = logger.plain
    }

    /// Warms the detectors up, then reads every source until it ends or the service is shut down.
    ///
    /// - Throws: what the store throws. A source that cannot be read shows it in its health and ends nothing.
    public func run() async throws {
        try await responder.recover()
        let states = try await responder.store.sourceStates().compactMapValues(SourceState.init)
        var feeds: [(Input, SourceFeed, SourceState)] = []
        try await rememberAnomalies(states)
        let released = try await responder.releasedTargets(within: detection.window)
        for input in inputs {
            var feed = SourceFeed(name: input.source.name, format: input.format, timezone: input.timezone)
            let state = states[input.source.name] ?? SourceState(window: detection.window)
            try await warmUp(input, &feed, state, released)
            feeds.append((input, feed, state))
        }
        // Once more, because the other sources were read after it.
        for (target, time) in released { detection.forget(target, upTo: time) }
        let followed = feeds
        try await cancelWhenGracefulShutdown {
            try await withThrowingDiscardingTaskGroup { group in
                for (input, feed, state) in followed { group.addTask { try await follow(input, feed, state) } }
            }
        }
    }

    // MARK: - Live

    private func follow(_ input: Input, _ feed: SourceFeed, _ state: SourceState) async throws {
        var feed = feed
        var progress = SourceProgress(state, window: detection.window)
        var skew = ClockSkewWatch()
        do {
            try await input.source.run(from: state.position) { chunk in
                let events = feed.events(in: chunk, now: clock.now())
                if let latest = events.lazy.map(\.time).max() {
                    report(skew.observe(latest, feed.counts, now: clock.now()), input.source.name)
                }
                try await take(events, from: input.source.name, chunk.position, &progress)
                board.set(feed.counts, for: input.source.name)
            }
        } catch let error as SourceError {
            logger.error("\(error)", metadata: ["source": "\(input.source.name)"])
        } catch is CancellationError {
            logger.debug("source closed", metadata: ["source": "\(input.source.name)"])
        }
        guard progress.isDirty else { return }
        do { try await responder.ingest([], from: (input.source.name, progress.state.json)) } catch let error as StoreError
            where error.mayPass
        {
            logger.notice(
                "where the source stands was not written, so a little is read again: \(error)", metadata: ["source": "\(input.source.name)"]
            )
        }
    }

    private func report(_ change: ClockSkewWatch.Change?, _ name: SourceName) {
        let metadata: Logger.Metadata = ["source": "\(name)"]
        func text(_ offset: Duration) -> String { DurationText.format(.seconds(offset.components.seconds)) }
        switch change {
        case .ahead(let offset):
            logger.error("events bear times \(text(offset)) in the future: set the clock there, or the one here", metadata: metadata)
        case .behind(let offset):
            logger.warning("events are \(text(offset)) old when they are read: a clock is wrong, or the source is late", metadata: metadata)
        case .over: logger.notice("events bear the present time again", metadata: metadata)
        case nil: return
        }
    }

    /// One chunk's events, through the detectors and into the ingest commit.
    private func take(_ events: [Event], from name: SourceName, _ position: SourcePosition, _ progress: inout SourceProgress) async throws {
        for (target, time) in responder.forgotten.take() { detection.forget(target, upTo: time) }
        responder.observe(events)
        let anomalies = detection.observe(events)
        await responder.noteBreaches(by: events)
        let now = clock.now()
        await evidence?.keep(events, at: now)
        // On a copy: who is stopped while the store takes nothing must not write the position without what was found.
        var next = progress
        next.advance(to: position, lastEvent: events.lazy.map(\.time).max())
        if !anomalies.isEmpty || next.isDue(at: now) {
            try await responder.ingestPatiently(anomalies, from: (name, next.state.json), logger)
            next.committed(at: now)
        }
        progress = next
    }

    // MARK: - Warming up

    /// What was found before the stop is not found again.
    private func rememberAnomalies(_ states: [SourceName: SourceState]) async throws {
        guard let earliest = states.values.compactMap(\.lastEvent).min() else { return }
        detection.remember(try await responder.store.anomalies(after: earliest - detection.window))
    }

    /// Reads the stretch before the stored position again, as far back as the detectors reach. What they find there was
    /// found before; what was let go meanwhile is forgotten in its place.
    private func warmUp(
        _ input: Input, _ feed: inout SourceFeed, _ state: SourceState, _ released: [(target: Target, time: Timestamp)]
    ) async throws {
        guard input.source.canReadAgain, let position = state.position, let last = state.lastEvent,
            let mark = state.history.position(before: last - detection.window)
        else { return }
        var released = released[...]
        do {
            try await input.source.read(from: mark, upTo: position) { chunk in
                detection.observeAgain(feed.events(in: chunk, now: clock.now()), letting: &released)
            }
        } catch let error as SourceError {
            logger.warning("the detectors start cold: \(error)", metadata: ["source": "\(input.source.name)"])
        }
    }
}
