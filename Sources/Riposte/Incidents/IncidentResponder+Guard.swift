internal import Logging
internal import Metrics
internal import Synchronization

extension IncidentResponder {
    // MARK: - Kill switch

    /// Throws the kill switch: no step touches anything until ``resume(actor:)``, by itself or by hand. What is in force is
    /// still taken back, by its expiry and by hand.
    @discardableResult
    public func pause(actor: String, reason: String = "") async throws -> Pause {
        try await recoverOnce()
        let pause = try await store.pause(at: clock.now(), actor: actor, reason: reason).pause
        try await lookAtGuard()
        return pause
    }

    /// Lets things go on: runs that wait go on where they were, and have lost none of their time. The answer is the pause
    /// that has ended; `nil` = there was none.
    @discardableResult
    public func resume(actor: String) async throws -> Pause? {
        try await recoverOnce()
        let ended = try await store.resume(at: clock.now(), actor: actor)
        try await lookAtGuard()
        return ended
    }

    /// The pause that holds now.
    public var pauseInForce: Pause? { engine.guard.pause }

    /// Refuses a run by hand, and leaves a trace of it for “why?”: of the last 100.
    func refuseWhilePaused(_ playbook: Playbook, on targets: TargetSet, actor: String, reason: String) async throws {
        let now = clock.now()
        try await engine.guard.look(at: store, now)
        guard let pause = engine.guard.pause else { return }
        let entry = RefusedRuns.Entry(playbook, on: targets, actor: actor, reason: reason, at: now, pause)
        do {
            try await modeGate.withLock("refused runs") {
                var runs = try await store.guardState(.refusedRuns).flatMap(RefusedRuns.init) ?? RefusedRuns()
                runs.add(entry)
                try await engine.commit(WriteBatch([.putGuardState(.refusedRuns, runs.json)]))
            }
        } catch {
            logger.warning("\(entry.sentence); that could not be written down: \(error)")
        }
        throw ResponderError(.paused, "Riposte is \(pause.sentence); first: riposte resume")
    }

    // MARK: - Allowlist

    /// Leaves a target alone, and everything that overlaps it: what is in force there is lifted, nothing new is put in
    /// force, and the detectors forget what it has done so far.
    ///
    /// - Parameters:
    ///   - duration: `nil` = until it is taken off again.
    ///   - isOperator: it is where an operator works from, which is protected and comes before everything else.
    /// - Throws: ``ResponderError`` for a network that is too wide.
    @discardableResult
    public func allow(
        _ target: Target, for duration: Duration?, isOperator: Bool = false, actor: String, reason: String
    ) async throws -> (entry: AllowlistEntry, lifted: [Effect]) {
        try await allow(target, for: duration, isOperator: isOperator, actor: actor, reason: reason, key: nil)
    }

    func allow(
        _ target: Target, for duration: Duration?, isOperator: Bool, actor: String, reason: String, key: String?
    ) async throws -> (entry: AllowlistEntry, lifted: [Effect]) {
        try await recoverOnce()
        if let problem = AllowlistEntry.problem(with: target) { throw ResponderError(.invalidTarget, problem) }
        let now = clock.now()
        let key = key ?? "\(now)#\(UInt64.random(in: 0 ... .max))"
        let entry = AllowlistEntry(
            id: "alw-" + StableHash.id(["\(target)", key], length: 10), target: target, author: actor, reason: reason, createdAt: now,
            expiresAt: duration.map { now + $0 }, isOperator: isOperator)
        let replaced = engine.guard.allowlist(at: now).filter { $0.target == target && $0.isOperator == isOperator && $0.id != entry.id }
        try await write([entry] + replaced.map { $0.removed(by: actor, at: now) })
        logger.notice("\(target) is left alone", metadata: ["actor": "\(actor)", "reason": "\(reason)"])
        return (entry, try await lift(target, for: entry))
    }

    /// Takes a target off the allowlist; exactly this one. What has ended.
    @discardableResult
    public func disallow(_ target: Target, actor: String, reason: String = "") async throws -> [AllowlistEntry] {
        try await recoverOnce()
        let now = clock.now()
        let ended = engine.guard.allowlist(at: now).filter { $0.target == target }.map { $0.removed(by: actor, at: now) }
        try await write(ended)
        if !ended.isEmpty { logger.notice("\(target) is left alone no more", metadata: ["actor": "\(actor)", "reason": "\(reason)"]) }
        return ended
    }

    /// Notes that an operator has signed in to one of Riposte's faces, or to the host's: that address is protected for 12
    /// hours. Costs nothing when said again and again.
    public func noteOperator(_ name: String, at address: IPAddress) async throws {
        try await recoverOnce()
        let (target, now) = (Target.address(AddressRange(address)), clock.now())
        let known = engine.guard.allowlist(at: now).filter { $0.isOperator && $0.target == target && $0.author == name }
        if known.contains(where: { $0.expiresAt.map { $0 >= now + AllowlistEntry.operatorDuration - .hours(1) } ?? true }) { return }
        try await allow(target, for: AllowlistEntry.operatorDuration, isOperator: true, actor: name, reason: "signed in")
    }

    private func write(_ entries: [AllowlistEntry]) async throws {
        guard !entries.isEmpty else { return }
        try await engine.commit(WriteBatch(entries.map(StoreOperation.putAllowlistEntry)))
        for entry in entries { engine.guard.put(entry) }
    }

    private func lift(_ target: Target, for entry: AllowlistEntry) async throws -> [Effect] {
        var lifted: [Effect] = []
        let why = entry.isOperator ? "an operator works from there" : "allowlisted" + (entry.reason.isEmpty ? "" : ": \(entry.reason)")
        for effect in engine.ledger.open where effect.target.overlaps(target) {
            if let effect = try await undoer.undo(effect.id, actor: entry.author, reason: why) { lifted.append(effect) }
        }
        if !lifted.contains(where: { $0.target == target }) { forgotten.add(target, at: clock.now()) }
        return lifted
    }

    // MARK: - In step

    /// Tells the guard of sign-ins, for a host whose events do not come through a ``Pipeline``: it learns from them which
    /// addresses many share, and who would be hit; and who signs in later whom a playbook in shadow would have contained.
    public func observe(_ events: [Event]) {
        engine.guard.observe(events)
        engine.shadows.observe(events)
    }

    /// Replaces who is protected.
    public func protect(_ targets: ProtectedTargets) { engine.guard.protect(targets) }

    func loadGuard() async throws {
        if let protected = await configuration.refreshProtected?() { engine.guard.protect(protected) }
        state.withLock { $0.protectedAt = clock.now() }
        try await engine.guard.load(from: store, at: clock.now())
        reportPause()
        overruleStanding()
    }

    /// Another process may have thrown the kill switch, or listed a target.
    func lookAtGuard() async throws {
        let now = clock.now()
        try await lookAtGuard(marker: try await store.changeMarker(), now)
    }

    /// - Parameter marker: the store's, read after `now`.
    func lookAtGuard(marker: Int64, _ now: Timestamp) async throws {
        guard try await engine.guard.look(at: store, marker: marker, now) else { return }
        reportPause()
        overruleStanding()
        if engine.guard.pause == nil { try await requeueStalled() }
    }

    /// What is in force on targets that must be left alone by now.
    private func overruleStanding() {
        let now = clock.now()
        for effect in engine.ledger.open where effect.state == .active && engine.guard.refusal(for: effect.target, at: now) != nil {
            engine.guard.overrule(effect.id)
        }
    }

    func takeBackOverruled() async throws {
        for id in engine.guard.takeOverruled() {
            guard let effect = engine.ledger[id], let why = engine.guard.refusal(for: effect.target, at: clock.now()) else { continue }
            _ = try await undoer.undo(id, actor: "guard", reason: why)
        }
    }

    /// Now and then: who is protected by now, what was shed, what has been learned.
    func keepGuard() async throws {
        let now = clock.now()
        if state.withLock({ $0.protectedAt.map { now - $0 >= .minutes(1) || now < $0 } ?? true }) {
            if let protected = await configuration.refreshProtected?(), protected != engine.guard.protected {
                engine.guard.protect(protected)
                overruleStanding()
            }
            state.withLock { $0.protectedAt = now }
        }
        reportShed()
        let notes = engine.guard.unwritten(at: now)
        do { try await engine.commit(WriteBatch(notes.operations)) } catch {
            engine.guard.putBack(notes)
            throw error
        }
    }

    private func reportPause() {
        let pause = engine.guard.pause
        let known = state.withLock { state in
            defer { state.reportedPause = pause }
            return state.reportedPause
        }
        guard known != pause else { return }
        if let pause {
            logger.warning("\(pause.sentence); nothing is touched but what is taken back, until: riposte resume")
        } else {
            logger.warning("resumed: what waited goes on")
        }
    }

    private func reportShed() {
        let shed = engine.guard.flood.shed
        let known = state.withLock { state in
            defer { state.reportedShed = shed.total }
            return state.reportedShed
        }
        guard shed.total > known else { return }
        logger.warning("a flood of anomalies: \(shed.total - known) more were shed", metadata: ["shed": "\(shed.total)"])
    }
}

extension AllowlistEntry {
    fileprivate func removed(by actor: String, at now: Timestamp) -> AllowlistEntry {
        var entry = self
        (entry.removedAt, entry.removedBy) = (now, actor)
        return entry
    }
}
