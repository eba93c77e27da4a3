internal import Logging
internal import Synchronization

extension IncidentResponder {
    /// Runs a playbook by hand and waits for its end. Works with automatic answers switched off, and for a playbook that
    /// is disabled.
    ///
    /// - Parameters:
    ///   - context: what the run starts with. `ip` (address or network), `user` and `session` become its targets; without
    ///     any it runs, and the steps that need one fail.
    ///   - incident: the incident to record it in; `nil` opens one.
    ///
    /// It runs in the playbook's mode under the responder's ceiling; `off` in either place keeps it from starting by itself
    /// only. In the mode `approve` the report may say what it waits for: it goes on when people have answered.
    /// - Throws: ``ResponderError`` for an unknown playbook, incident, address; ``StoreError`` where nothing could be
    ///   written. What an action throws is in the report.
    @discardableResult
    public func runPlaybook(
        _ slug: PlaybookSlug, context: [String: any ContextValue] = [:], actor: String = "operator", reason: String = "",
        incident: IncidentID? = nil
    ) async throws -> RunReport {
        try await recoverOnce()
        guard let playbook = shelf[slug] else { throw unknownPlaybook(slug) }
        let values = context.mapValues(\.contextValue)
        return try await run(limited(playbook), values, actor: actor, reason: reason, incident: incident, key: nil)
    }

    /// As it runs by hand.
    func limited(_ playbook: Playbook) -> Playbook {
        var limited = playbook.overridden(by: engine.guard.modes)
        limited.mode = limited.mode.byHand.limited(to: configuration.mode.byHand)
        return limited
    }

    /// - Parameter key: the same key runs once: a request that is answered again after a crash finds its run.
    func run(
        _ playbook: Playbook, _ values: [String: JSONValue], actor: String, reason: String, incident: IncidentID?, key: String?
    ) async throws -> RunReport {
        let targets = try TargetSet(context: values)
        try await refuseWhilePaused(playbook, on: targets, actor: actor, reason: reason)
        let now = clock.now()
        let incident = try await self.incident(incident, playbook, targets, actor, reason, key ?? "\(now)#\(UInt64.random(in: 0 ... .max))")
        try await recall(incident.id)
        let earlier = try await store.runs(of: incident.id)
        if key != nil, let known = earlier.first(where: { $0.playbook.slug == playbook.slug }) { return try await finish(known) }
        let run = PlaybookRun(
            manual: playbook, in: incident, targets: targets, context: declared(values), actor: actor, reason: reason,
            episode: earlier.count + 1, at: now)
        guard queue.claim(run.id) else { throw ResponderError(.notAvailable, "the run \(run.id) is being driven already") }
        do {
            try await engine.commit(WriteBatch([.putIncident(incident), .putRun(run)]))
        } catch {
            queue.done(run.id)
            throw error
        }
        if !incident.status.isOver { engine.book.add(incident) }
        engine.book.add(run)
        return try await driveDetached(run, isResumed: false)
    }

    private func finish(_ run: PlaybookRun) async throws -> RunReport {
        let journal = try await store.journal(of: run.id)
        guard !run.status.isFinal, queue.claim(run.id) else { return RunReport(RunStateMachine(run, journal: journal)) }
        return try await driveDetached(run, isResumed: true)
    }

    /// A step that has begun is not cut short because the caller has lost interest.
    private func driveDetached(_ run: PlaybookRun, isResumed: Bool) async throws -> RunReport {
        try await Task { try await drive(run, isResumed: isResumed) }.value
    }

    private func incident(
        _ id: IncidentID?, _ playbook: Playbook, _ targets: TargetSet, _ actor: String, _ reason: String, _ key: String
    ) async throws -> Incident {
        if let id {
            guard let incident = try await store.incident(id) else { throw ResponderError(.unknownIncident, "there is no incident \(id)") }
            return incident
        }
        let fresh = Incident(manual: playbook, targets: targets, actor: actor, reason: reason, key: key, at: clock.now())
        return try await store.incident(fresh.id) ?? fresh
    }

    /// Leaves out attributes of an account that the host has not declared.
    private func declared(_ values: [String: JSONValue]) -> [String: JSONValue] {
        var values = values
        if case .object(let members)? = values["user"] {
            values["user"] = .object(members.filter { $0.key == "id" || configuration.accountAttributes.contains($0.key) })
        }
        return values
    }

    /// Returns when no run waits or is being driven. For tests, beside ``run()``.
    package func waitForRuns() async { await queue.waitUntilIdle() }

    /// When the next effect is to be taken back, or earlier; `nil` = none is. For replays, which move the clock there.
    package var nextDue: Timestamp? { engine.ledger.nextDue }

    /// Takes back what is due and drives everything that waits, here and now; for those who do not call ``run()``: tests,
    /// replays, short commands.
    public func drain() async throws {
        try await recoverOnce()
        try await undoer.processDue()
        try await engine.guard.look(at: store, clock.now())
        try await takeBackOverruled()
        try await requeueStalled()
        try await expireApprovals()
        while let item = queue.take() { try await drive(item) }
        try await writeLateResults()
    }

    /// Drives a run of the queue, from the store where the queue had no room for it.
    func drive(_ item: RunQueue.Item, lendsPlace: Bool = false) async throws {
        if let run = item.run {
            try await drive(run, isResumed: item.isResumed, lendsPlace: lendsPlace)
            return
        }
        do {
            guard let run = try await store.run(item.id), !run.status.isFinal else { return queue.done(item.id) }
            try await drive(run, isResumed: item.isResumed, lendsPlace: lendsPlace)
        } catch {
            queue.done(item.id)
            state.withLock { if !$0.stalled.contains(item.id) { $0.stalled.append(item.id) } }
            throw error
        }
    }

    /// Drives one claimed run, and lets go of it.
    @discardableResult
    func drive(_ run: PlaybookRun, isResumed: Bool, lendsPlace: Bool = false) async throws -> RunReport {
        let report: RunReport
        do {
            defer { queue.done(run.id) }
            report = try await driveClaimed(run, isResumed: isResumed, lendsPlace: lendsPlace)
        } catch {
            state.withLock { $0.stalled.append(run.id) }
            throw error
        }
        // Answered while the run was still being driven: whoever answered could not queue it.
        if let id = report.waitingFor, !engine.desk.isOpen(id) { try await requeue([run.id]) }
        return report
    }

    private func driveClaimed(_ run: PlaybookRun, isResumed: Bool, lendsPlace: Bool) async throws -> RunReport {
        // One that fails keeps its place: what it has changed in its incident may not be on disk yet.
        engine.book.pin(run.incidentID, for: run.id)
        try await recall(run.incidentID)
        let journal = isResumed ? try await store.journal(of: run.id) : []
        var driver = RunDriver(run, journal: journal, isResumed: isResumed, engine: engine)
        do {
            try await driver.drive(lendsPlace: lendsPlace) { self.state.withLock(\.isStopping) }
        } catch let parked as ParkedRun {
            try await driver.flush()
            state.withLock { state in
                // Registered, or taken back, in this very moment: then nobody else looks after it.
                if engine.actions[parked.action] == nil, engine.undone[run.id] == nil {
                    state.parked.append((run.id, parked.action))
                } else {
                    state.stalled.append(run.id)
                }
            }
            logger.warning("run waits for the action \(parked.action), which is not registered", metadata: ["run": "\(run.id)"])
        } catch let waiting as WaitingRun {
            state.withLock { $0.waiting[run.id] = waiting.until }
        } catch is PausedRun {
            state.withLock { $0.stalled.append(run.id) }
        }
        // It asked at the very moment in which it was taken back.
        if let undone = driver.run.undone { try await withdraw(run.id, undone) }
        engine.book.unpin(run.incidentID, for: run.id)
        return RunReport(driver.machine)
    }
}

extension Incident {
    /// An incident that a person opens by running a playbook.
    init(manual playbook: Playbook, targets: TargetSet, actor: String, reason: String, key: String, at now: Timestamp) {
        self.init(
            id: IncidentID("inc-" + StableHash.id(["manual", playbook.slug.rawValue, key], length: 10)),
            title: "\(playbook.name), run by \(actor)", severity: .info, targets: targets,
            sources: targets.addresses.filter { !$0.isTooWide }, openedAt: now,
            firstEventAt: now, lastEventAt: now, openedBy: actor, reason: reason)
    }
}

extension TargetSet {
    /// The targets that a context names.
    init(context: [String: JSONValue]) throws {
        self.init()
        for key in ["ip", "cidr"] {
            guard let value = context[key], value != .null else { continue }
            guard let range = value.string.flatMap({ AddressRange($0) }) else {
                throw ResponderError(.invalidTarget, "“\(key)” must be an address (203.0.113.9) or network (203.0.113.0/24)")
            }
            addresses.append(range)
        }
        if let value = context["user"], value != .null {
            guard let account = AccountRef(value) else {
                throw ResponderError(.invalidTarget, "“user” must be an account's id, or have one")
            }
            users.append(account.id)
        }
        if let session = context["session"]?.string { sessions.append(session) }
    }
}
