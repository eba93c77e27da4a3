internal import Logging
internal import ServiceLifecycle
internal import Synchronization

extension IncidentResponder {
    /// Resumes what was cut short, then drives runs, takes back what expires, delivers notifications and answers requests
    /// of other processes, until it is shut down or the task is cancelled. Steps in hand are finished first.
    ///
    /// - Throws: ``ResponderError`` where a playbook has an error, ``StoreError`` where the store cannot be read or written.
    public func run() async throws {
        let errors = check().filter { $0.level == .error }
        guard errors.isEmpty else { throw ResponderError(.invalidPlaybooks, "the playbooks have errors", findings: errors) }
        try await recoverOnce()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.driveRuns() }
                group.addTask { await self.takeBackEffects() }
                group.addTask { await self.keepHouse() }
                // Apart from the house: a store that cannot be written keeps no enforcer from being put right.
                group.addTask { await self.repeating(every: .seconds(5)) { try await $0.reconcileEnforcers() } }
                group.addTask { await self.answerRequests() }
                group.addTask { await self.repeating(every: .seconds(5)) { try await $0.watch.look() } }
                if let outbox = self.outbox { group.addTask { await outbox.deliverAsDue() } }
            }
        }
    }

    /// Takes runs from the queue, as many at a time as configured.
    private func driveRuns() async {
        state.withLock { $0.isStopping = false }
        await withTaskCancellationHandler {
            await driveUntilCancelled()
        } onCancel: {
            state.withLock { $0.isStopping = true }
        }
    }

    /// Places of their own for what is critical: however many others hang, it is answered at once.
    private static let criticalPlaces = 16

    private func driveUntilCancelled() async {
        async let critical: Void = drive(atLeast: .critical, places: Self.criticalPlaces)
        await drive(atLeast: .info, places: configuration.maximumConcurrentRuns)
        await critical
    }

    private func drive(atLeast severity: Severity, places: Int) async {
        await withTaskGroup(of: Void.self) { group in
            var active = 0
            while !Task.isCancelled {
                await queue.waitForItem(atLeast: severity)
                while !Task.isCancelled {
                    if active >= places {
                        await group.next()
                        active -= 1
                    }
                    // Not before there is a place: what is more severe may come meanwhile.
                    guard let item = queue.take(atLeast: severity) else { break }
                    active += 1
                    group.addTask { await self.driveOwned(item) }
                }
            }
            await group.waitForAll()
        }
    }

    /// In a task of its own, which a shutdown does not cancel: the step in hand is finished and written down.
    private func driveOwned(_ item: RunQueue.Item) async {
        let task = Task { try await self.drive(item, lendsPlace: true) }
        do { _ = try await task.value } catch {
            // A store that fails stops them all at once: once is enough.
            let isNews = state.withLock { $0.stopped.isNews("\(error)", at: clock.now()) }
            logger.log(
                level: isNews ? .error : .debug, "run stopped in the middle, going on later: \(error)", metadata: ["run": "\(item.id)"])
        }
    }

    /// Wakes at least every second: an effect that is planned meanwhile may be due before what was due next.
    private func takeBackEffects() async {
        await repeating(every: .seconds(1)) { responder in
            try await responder.undoer.processDue()
            try await responder.takeBackOverruled()
            try await responder.expireApprovals()
            try await responder.requeueWaiting()
        }
    }

    /// Runs that have waited for their time go on.
    func requeueWaiting() async throws {
        let now = clock.now()
        let due = state.withLock { $0.waiting.filter { $0.value <= now }.keys.sorted() }
        for id in due {
            if let run = try await store.run(id), !run.status.isFinal { queue.add(run, isResumed: true) }
            state.withLock { _ = $0.waiting.removeValue(forKey: id) }
        }
    }

    private func keepHouse() async {
        await repeating(every: .seconds(5)) { responder in
            try await responder.requeueStalled()
            try await responder.keepGuard()
            try await responder.writeShadows()
            try await responder.writeLateResults()
            try await responder.resolveQuietIncidents()
        }
    }

    /// Runs `body` now and again. An error is said, and again after a minute; it is tried again after a second at least.
    func repeating(every interval: Duration, _ body: (IncidentResponder) async throws -> Void) async {
        var complaint = Complaint()
        while !Task.isCancelled {
            var wait = interval
            do { try await body(self) } catch is CancellationError where Task.isCancelled { return } catch {
                if complaint.isNews("\(error)", at: clock.now()) { logger.error("\(error)") }
                wait = max(interval, .seconds(1))
            }
            do { try await clock.sleep(until: clock.now() + wait) } catch { return }
        }
    }

    /// Runs whose store failed under them go on from what is on disk.
    func requeueStalled() async throws {
        guard engine.guard.pause == nil else { return }
        let stalled = state.withLock { state in
            defer { state.stalled = [] }
            return state.stalled
        }
        for (place, id) in stalled.enumerated() {
            do {
                guard let run = try await store.run(id), !run.status.isFinal else { continue }
                engine.ledger.reload(id, try await store.effects(EffectQuery(run: id)))
                // What the run had changed in its incident went down with the same write.
                let incident = engine.book.read { $0.incidents[run.incidentID] }
                if let incident { try await engine.commit(WriteBatch([.putIncident(incident)])) }
                queue.add(run, isResumed: true)
            } catch {
                state.withLock { $0.stalled += stalled[place...] }
                throw error
            }
        }
        for action in Set(engine.ledger.open.filter { $0.state == .orphaned }.map(\.action)) where engine.actions[action]?.undo != nil {
            try await undoer.adopt(action)
        }
    }

    /// Writes down what abandoned attempts have come to after all. Of a run that is being driven later: it writes to the
    /// same journal.
    func writeLateResults() async throws {
        for (run, path, outcome) in engine.late.take() {
            guard queue.claim(run) else {
                engine.late.add(run, path, outcome)
                continue
            }
            defer { queue.done(run) }
            do { try await writeLate(run, path, outcome) } catch {
                engine.late.add(run, path, outcome)
                logger.error("\(error)", metadata: ["run": "\(run)"])
            }
        }
    }

    private func writeLate(_ run: RunID, _ path: StepPath, _ outcome: StepOutcome) async throws {
        let sequence = try await store.journal(of: run).count
        let entry = JournalEntry(runID: run, sequence: sequence, at: clock.now(), record: .late(path, outcome))
        let reopened = try await undoer.reopened(path, of: run, after: outcome)
        try await engine.commit(WriteBatch([.appendJournal(entry)] + reopened.map(StoreOperation.putEffect)))
        for effect in reopened { engine.ledger.put(effect) }
        logger.warning("an abandoned step has ended after all: \(outcome.message)", metadata: ["run": "\(run)", "step": "\(path)"])
    }
}
