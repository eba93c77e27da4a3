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
        logger.error(
            "the \(effect.kind) on \(effect.target) does not keep it away: events came from it after it was in force",
            metadata: ["effect": "\(effect.id)", "incident": "\(effect.incidentID)"])
    }
}
