internal import Logging
internal import Metrics

extension IncidentResponder {
    /// Takes one anomaly in; what a host calls for each. Its incident and the runs it starts are on disk when this returns;
    /// the runs are driven by ``run()``, or by ``drain()``. Of many that are handed over at the same time the most severe
    /// come first.
    ///
    /// Of more than ``Configuration/intake`` the rest are shed: not looked at, counted in ``guardReport``, and answered with
    /// no runs at once. Part of the intake is kept for critical severity.
    @discardableResult
    public func handle(_ anomaly: Anomaly) async throws -> [RunID] {
        try await recoverOnce()
        guard engine.guard.flood.admits(anomaly.severity, at: clock.now()) else {
            Counter(label: "riposte_anomalies_shed", dimensions: [("severity", anomaly.severity.name)]).increment()
            return []
        }
        let ticket = intake.add(anomaly)
        return try await ingestGate.withLock("ingest") {
            while true {
                if let result = intake.result(ticket) { return try result.get() }
                await ingestWaiting()
            }
        }
    }

    /// Whoever is inside writes for those who wait.
    private func ingestWaiting() async {
        let batch = intake.take()
        let result: Result<[PlaybookRun], any Error>
        do { result = .success(try await ingestAlone(batch.map(\.anomaly), from: nil)) } catch { result = .failure(error) }
        let runs = (try? result.get()).map { Dictionary(grouping: $0) { $0.trigger.anomaly?.id } } ?? [:]
        let anomalies = Dictionary(batch.map { ($0.ticket, $0.anomaly.id) }) { first, _ in first }
        intake.finish(batch.map(\.ticket)) { ticket in result.map { _ in (runs[anomalies[ticket]] ?? []).map(\.id) } }
    }

    /// One ingest commit: anomalies, the incidents they open or join, the runs they start, and how far the source is read.
    /// Anomalies that are known already change nothing. None is shed: who reads a source reads on when this returns.
    ///
    /// - Returns: the runs that were started.
    @discardableResult
    package func ingest(_ anomalies: [Anomaly], from source: (name: SourceName, state: JSONValue)?) async throws -> [RunID] {
        try await recoverOnce()
        return try await ingestGate.withLock("ingest") { try await ingestAlone(anomalies, from: source).map(\.id) }
    }

    /// The same until the store takes it: its caller reads nothing on meanwhile, so nothing is lost.
    @discardableResult
    func ingestPatiently(
        _ anomalies: [Anomaly], from source: (name: SourceName, state: JSONValue)?, _ logger: Logger
    ) async throws -> [RunID] {
        let metadata: Logger.Metadata = source.map { ["source": "\($0.name)"] } ?? [:]
        var wait = Duration.milliseconds(100)
        var complaint = Complaint()
        while true {
            do {
                let runs = try await ingest(anomalies, from: source)
                if wait > .milliseconds(100) { logger.notice("reading goes on", metadata: metadata) }
                return runs
            } catch let error as StoreError where error.mayPass {
                if complaint.isNews("\(error)", at: clock.now()) {
                    logger.error("\(error); reading waits until it works again", metadata: metadata)
                }
                try await clock.sleep(until: clock.now() + wait)
                wait = min(wait * 2, .seconds(2))
            }
        }
    }

    private func ingestAlone(
        _ anomalies: [Anomaly], from source: (name: SourceName, state: JSONValue)?
    ) async throws -> [PlaybookRun] {
        let now = clock.now()
        let modes = engine.guard.modes
        let playbooks = configuration.isEnabled ? shelf.revisioned.map { $0.overridden(by: modes).limited(to: configuration.mode) } : []
        try await recall(joinedBy: anomalies)
        let fresh = try await unresolved(anomalies)
        // In the book before it is on disk: a run that changes the same incident meanwhile builds on it.
        let plan = engine.book.install { index in
            var plan = IngestPlan(playbooks: playbooks, now: now)
            for anomaly in fresh { plan.add(anomaly, index) { engine.ledger.holds($1, in: $0, at: now) } }
            return plan
        }
        var batch = plan.batch
        if let source { batch.append(.putSourceState(source.name, source.state)) }
        let notes = engine.guard.unwritten(at: now)
        let shadows = engine.shadows.takeChanged()
        batch.operations += notes.operations + shadows.map(StoreOperation.putShadowEffect)
        do { try await engine.commit(batch) } catch {
            engine.book.withdraw(plan)
            engine.guard.putBack(notes)
            engine.shadows.giveBack(shadows)
            throw error
        }
        engine.book.makeRoom()
        for run in plan.runs { queue.add(run, isResumed: false) }
        return plan.runs
    }

    /// Those whose incident has not come and gone: an anomaly that opened an incident opens no other.
    private func unresolved(_ anomalies: [Anomaly]) async throws -> [Anomaly] {
        let opened = anomalies.map { (anomaly: $0, incident: IncidentID(openedBy: $0.id)) }
        let unknown = engine.book.read { book in opened.filter { book.mayHaveOpened($0.incident, $0.anomaly) } }
        guard !unknown.isEmpty else { return anomalies }
        let known = try await store.known(unknown.map(\.incident))
        let gone = Set(unknown.filter { known.contains($0.incident) }.map(\.anomaly.id))
        return anomalies.filter { !gone.contains($0.id) }
    }
}
