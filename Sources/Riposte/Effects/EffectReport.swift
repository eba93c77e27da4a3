/// Everything the store knows of one effect: what it rests on from the first event on, who holds the same target, and
/// what has become of it.
public struct EffectReport: Sendable {
    /// The effect, as it was last written.
    public var effect: Effect
    /// The incident it answers; `nil` where the store has let it go.
    public var incident: Incident?
    /// The run that made it, with its journal; `nil` where the store has let it go.
    public var run: IncidentReport.RunRecord?
    /// Other effects in force on the same target of the same kind: it is free when the last of them is over.
    public var others: [Effect]
    /// Effects that this one took over from, the latest first.
    public var extended: [Effect]
    /// What takes it back, in words; `nil` where its action is not registered.
    public var undo: String?

    /// Reads an effect; `nil` where there is none of that id.
    public init?(_ id: EffectID, from store: any IncidentStore, actions: ActionRegistry, now: Timestamp) async throws {
        guard let effect = try await store.effect(id) else { return nil }
        self.effect = effect
        incident = try await store.incident(effect.incidentID)
        if let run = try await store.run(effect.runID) {
            self.run = IncidentReport.RunRecord(run: run, journal: try await store.journal(of: run.id))
        }
        others = try await store.effects(EffectQuery(states: [.active], target: effect.target)).filter { $0.holds(like: effect, at: now) }
        let superseded = try await store.effects(
            EffectQuery(states: [.superseded], incident: effect.incidentID, target: effect.target))
        extended = effect.predecessors(among: superseded)
        undo = actions[effect.action].map { $0.documentation.undo ?? "its action's undo" }
    }

    /// The anomaly that the run answers.
    public var anomaly: Anomaly? { run?.run.trigger.anomaly }
    /// The step as the run's revision of the playbook has it.
    public var step: Step? { run?.run.playbook.steps.element(at: effect.step.index) }

    /// Every attempt of the step that made it, oldest first.
    public var attempts: [StepOutcome] {
        (run?.journal ?? []).compactMap { entry in
            switch entry.record {
            case .retry(effect.step, let outcome, _), .outcome(effect.step, let outcome), .late(effect.step, let outcome): outcome
            default: nil
            }
        }
    }
}

extension Effect {
    /// Effects that this one took over from, one after the other, the latest first.
    func predecessors(among superseded: [Effect]) -> [Effect] {
        var chain: [Effect] = []
        var heirs: Set<EffectID> = [id]
        while let next = superseded.first(where: { $0.heir.map(heirs.contains) == true && !heirs.contains($0.id) }) {
            heirs.insert(next.id)
            chain.append(next)
        }
        return chain
    }
}

extension Array {
    func element(at place: Int) -> Element? { indices.contains(place) ? self[place] : nil }
}
