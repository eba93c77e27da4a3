extension IncidentResponder {
    /// Says who looks after an incident; `nil` = nobody. Works for one that is over too.
    @discardableResult
    public func assign(_ id: IncidentID, to user: String?, actor: String) async throws -> LifecycleChange {
        try await amend(id) { incident, now in
            guard incident.assignee != user else { return false }
            incident.assignee = user
            incident.add(user.map { "assigned to \($0)" } ?? "assigned to nobody", by: actor, at: now)
            return true
        }
    }

    /// Writes something beside an incident. Works for one that is over too.
    @discardableResult
    public func note(_ id: IncidentID, _ text: String, actor: String) async throws -> LifecycleChange {
        try await amend(id) { incident, now in
            incident.add(text, by: actor, at: now)
            return true
        }
    }

    /// Puts a resolved incident away for good.
    ///
    /// - Throws: ``ResponderError`` for one that is not over.
    @discardableResult
    public func close(_ id: IncidentID, actor: String, note: String = "") async throws -> LifecycleChange {
        try await amend(id) { incident, now in
            guard incident.status != .closed else { return false }
            guard incident.status.isOver else {
                throw ResponderError(
                    .notAvailable, "\(id) is \(incident.status.rawValue): resolve it first, with riposte incident resolve \(id)")
            }
            incident.move(to: .closed, at: now, actor: actor, note: note)
            return true
        }
    }

    /// Says that an incident is not over after all: what comes from its sources joins it again.
    @discardableResult
    public func reopen(_ id: IncidentID, actor: String, note: String = "") async throws -> LifecycleChange {
        try await amend(id) { incident, now in
            guard incident.status.isOver else { return false }
            incident.reopen(at: now, actor: actor, note: note)
            return true
        }
    }

    /// Says that an incident is over, what it turned out to be, what was behind it and what is learnt from it.
    ///
    /// A false positive is also taken back, all of it, the detectors forget its targets, these are left alone for a while,
    /// and it counts against its playbooks and detectors in ``ResponseReport``. Doing it twice changes nothing more.
    @discardableResult
    public func resolve(_ id: IncidentID, as resolution: Resolution, actor: String) async throws -> ResolutionReport {
        let isOver = try await store.incident(id).map { $0.status.isOver && $0.verdict == .falsePositive } ?? false
        let incident = try await amend(id) { incident, _ in incident.take(resolution) }.incident
        guard resolution.verdict == .falsePositive else {
            return ResolutionReport(change: try await resolve(id, actor: actor, note: resolution.note))
        }
        let note = "false positive" + (resolution.note.isEmpty ? "" : ": \(resolution.note)")
        let undo = try await undo(.incident(id), actor: actor, reason: note)
        guard !isOver else { return ResolutionReport(change: LifecycleChange(incident: incident, isNew: false), undo: undo) }
        try await markFalsePositive(id)
        let allowed = try await leaveAlone(incident, for: .seconds(resolution.allowSeconds), actor: actor, reason: note)
        for target in incident.targets.all { forgotten.add(target, at: clock.now()) }
        // Last: where a stop comes between, it is not over yet, and doing it again does the rest.
        return ResolutionReport(change: try await resolve(id, actor: actor, note: note), undo: undo, allowed: allowed)
    }

    /// Puts the targets of a false positive on the allowlist for a while.
    private func leaveAlone(_ incident: Incident, for duration: Duration, actor: String, reason: String) async throws -> [AllowlistEntry] {
        guard duration > .zero else { return [] }
        var entries: [AllowlistEntry] = []
        // What is too wide to be listed was never acted on either.
        for target in incident.targets.all where AllowlistEntry.problem(with: target) == nil {
            let key = "\(incident.id)"  // asked again after a crash it is the same entry
            entries.append(
                try await allow(target, for: duration, isOperator: false, actor: actor, reason: reason, key: key).entry)
        }
        return entries
    }

    /// Every effect of the incident, so that none counts as an earlier answer to its target.
    private func markFalsePositive(_ id: IncidentID) async throws {
        var batch = WriteBatch()
        for stored in try await store.effects(EffectQuery(incident: id)) where stored.isFalsePositive != true {
            if let open = engine.ledger.update(stored.id, { $0.isFalsePositive = true }) {
                batch.append(.putEffect(open))
            } else {
                var over = stored
                over.isFalsePositive = true
                over.version += 1
                batch.append(.putEffect(over))
            }
        }
        try await engine.commit(batch)
    }

    /// Carries out what another process asks for.
    func carryOut(_ change: IncidentChange, of id: IncidentID, actor: String) async throws -> String {
        switch change {
        case .assign(let user):
            try await assign(id, to: user, actor: actor)
            return TerminalText.safe("\(id) is assigned to \(user ?? "nobody")")
        case .note(let text):
            try await note(id, text, actor: actor)
            return "noted beside \(id)"
        case .resolve(let resolution):
            let report = try await resolve(id, as: resolution, actor: actor)
            return report.text ?? Self.sentence(report.change, inForce: engine.ledger.open.filter { $0.incidentID == id })
        case .close(let note):
            return try await close(id, actor: actor, note: note).isNew ? "\(id) is closed" : "\(id) was closed already"
        case .reopen(let note):
            return try await reopen(id, actor: actor, note: note).isNew
                ? "\(id) is reopened" : "\(id) is not over: there is nothing to reopen"
        }
    }

    /// Changes an incident, whether it is over or not, in memory and on disk alike.
    ///
    /// - Parameter change: whether it has changed anything.
    @discardableResult
    func amend(
        _ id: IncidentID, _ change: @escaping @Sendable (inout Incident, Timestamp) throws -> Bool
    ) async throws -> LifecycleChange {
        try await recoverOnce()
        return try await ingestGate.withLock("ingest") {
            guard let stored = try await store.incident(id) else { throw ResponderError(.unknownIncident, "there is no incident \(id)") }
            let now = clock.now()
            let known = engine.book.read { $0.incidents[id] }
            var changed = known ?? stored
            guard try change(&changed, now) else { return LifecycleChange(incident: changed, isNew: false) }
            let inBook = try await engine.book.update(id, { _ = try? change(&$0, now) }) { incident in
                try await engine.commit(WriteBatch([.putIncident(incident)]))
            }
            if let inBook { return LifecycleChange(incident: inBook, isNew: true) }
            changed.version += 1
            try await engine.commit(WriteBatch([.putIncident(changed)]))
            if !changed.status.isOver { try await takeUp(changed) }
            return LifecycleChange(incident: changed, isNew: true)
        }
    }
}

extension Incident {
    fileprivate mutating func add(_ text: String, by actor: String, at now: Timestamp) {
        notes = (notes ?? []) + [Note(at: now, actor: actor, text: text)]
    }

    /// Tells whether anything has changed.
    fileprivate mutating func take(_ resolution: Resolution) -> Bool {
        let before = self
        verdict = resolution.verdict ?? verdict
        cause = resolution.cause ?? cause
        lessons = resolution.lessons ?? lessons
        return self != before
    }

    /// It counts as active now, or it would be resolved by its quiet at once.
    mutating func reopen(at now: Timestamp, actor: String, note: String) {
        move(to: .reopened, at: now, actor: actor, note: note)
        lastActivityAt = max(lastActivityAt, now)
    }
}
