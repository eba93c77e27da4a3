extension IncidentResponder {
    /// What came of moving an incident on.
    public struct LifecycleChange: Sendable, Hashable {
        /// The incident, as it is now.
        public var incident: Incident
        /// Whether it was moved now; `false` where it was so already.
        public var isNew: Bool
    }

    /// A person takes an incident up: it is `investigating` from now on, unless it is `contained` already. Those who follow
    /// its acknowledgement are told once. The first to take it up stays the one who did.
    ///
    /// - Throws: ``ResponderError`` for an unknown incident and for one that is over.
    @discardableResult
    public func acknowledge(_ id: IncidentID, actor: String, note: String = "") async throws -> LifecycleChange {
        try await moving(id) { incident in
            if incident.acknowledgement != nil { return LifecycleChange(incident: incident, isNew: false) }
            guard !incident.status.isOver else {
                throw ResponderError(.incidentIsOver, "\(id) is \(incident.status.rawValue): there is nothing to take up")
            }
            return try await change(id, to: .acknowledged, actor, note) { incident, now in
                incident.acknowledge(at: now, actor: actor, note: note)
            }
        }
    }

    /// A person says that an incident is over. What is in force stays so until it runs out or is undone. Those who were
    /// told of the incident are told once. Later anomalies open an incident of their own.
    ///
    /// - Throws: ``ResponderError`` for an unknown incident.
    @discardableResult
    public func resolve(_ id: IncidentID, actor: String, note: String = "") async throws -> LifecycleChange {
        try await moving(id) { incident in
            guard !incident.status.isOver else {
                engine.book.remove([id])
                return LifecycleChange(incident: incident, isNew: false)
            }
            return try await change(id, to: .resolved, actor, note) { incident, now in
                incident.move(to: .resolved, at: now, actor: actor, note: note)
            }
        }
    }

    /// Incidents that have been quiet long enough, and hold nothing in force, are over.
    func resolveQuietIncidents() async throws {
        let held = Set(engine.ledger.open.map(\.incidentID))
        let period = configuration.quietPeriod
        for id in try await quietIncidents(since: period) where !held.contains(id) {
            try await resolve(id, actor: "riposte", note: "quiet for \(DurationText.format(period))")
        }
    }

    /// One move at a time, and none while anomalies are taken in. What is on disk decides whether there is anything to do.
    private func moving(_ id: IncidentID, _ body: (Incident) async throws -> LifecycleChange) async throws -> LifecycleChange {
        try await recoverOnce()
        return try await ingestGate.withLock("ingest") {
            guard let incident = try await store.incident(id) else {
                throw ResponderError(.unknownIncident, "there is no incident \(id)")
            }
            try await recall(id)
            return try await body(incident)
        }
    }

    /// The incident as it is then and whom to tell of it go down in one write.
    private func change(
        _ id: IncidentID, to kind: Notification.Kind, _ actor: String, _ note: String,
        _ body: @escaping @Sendable (inout Incident, Timestamp) -> Void
    ) async throws -> LifecycleChange {
        let now = clock.now()
        let inForce = engine.ledger.open.filter { $0.incidentID == id && $0.state != .pending }
        func write(_ incident: Incident) async throws {
            let batch = WriteBatch([.putIncident(incident)])
            guard let outbox else { return try await engine.commit(batch) }
            let notification = Notification(kind, of: incident, actor: actor, note: note, inForce: inForce, at: now)
            try await outbox.following(notification) { items in
                try await engine.commit(WriteBatch(batch.operations + items.map(StoreOperation.putOutboxItem)))
            }
        }
        let changed = try await engine.book.update(id, { body(&$0, now) }, writing: write)
        guard let changed else { throw ResponderError(.notAvailable, "\(id) is being changed; try again") }
        if changed.status.isOver { engine.book.remove([id]) }
        return LifecycleChange(incident: changed, isNew: true)
    }
}
