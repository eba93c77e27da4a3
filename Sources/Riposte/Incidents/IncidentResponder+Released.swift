extension IncidentResponder {
    /// Targets that a person let go, or whose time was over, by time: they stay let go over a restart.
    func releasedTargets(within window: Duration) async throws -> [(target: Target, time: Timestamp)] {
        let since = clock.now() - window
        let states: Set<Effect.State> = [.ended, .pending, .active, .undoing, .orphaned]
        var released = try await store.effects(EffectQuery(states: states, createdSince: since)).lettingGo()
        for incident in try await store.incidents(IncidentQuery(since: since)) where incident.verdict == .falsePositive {
            released += incident.targets.all.map { ($0, incident.resolvedAt ?? clock.now()) }
        }
        return released.sorted { $0.time < $1.time }
    }
}
