internal import Logging

extension IncidentResponder {
    /// Takes note of events from targets that a ban should keep away; what the pipeline calls for each chunk of events. A
    /// store that cannot be written holds nothing up: the next such event is noted again.
    package func noteBreaches(by events: [Event]) async {
        let breaches = decisions.breaches(by: events)
        guard !breaches.isEmpty else { return }
        do {
            for effect in try await breachWatch.note(breaches) { try await ineffective(effect) }
        } catch {
            logger.error("an ineffective ban could not be noted: \(error)")
        }
    }

    private func ineffective(_ effect: Effect) async throws {
        let change = try await amend(effect.incidentID) { incident, now in
            guard incident.breachedAt == nil else { return false }
            incident.breachedAt = now
            incident.containedAt = nil
            if incident.status == .contained || incident.status.isOver {
                incident.reopen(at: now, actor: "riposte", note: Self.words(effect))
            }
            return true
        }
        if change.isNew {
            logger.error("\(Self.words(effect))", metadata: ["effect": "\(effect.id)", "incident": "\(effect.incidentID)"])
        }
        try await tell(effect)
    }

    private static func words(_ effect: Effect) -> String {
        "the \(effect.kind) on \(effect.target) is in force and does not keep it away"
    }

    /// Everybody who was told of the incident, once.
    private func tell(_ effect: Effect) async throws {
        guard let outbox, let incident = try await store.incident(effect.incidentID) else { return }
        let notification = Notification(ineffective: effect, of: incident, note: Self.words(effect), at: clock.now())
        try await outbox.following(notification) { items in
            try await engine.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
        }
    }
}
