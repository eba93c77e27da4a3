/// Which effects are to be taken back.
public enum UndoScope: Sendable, Hashable, Codable {
    /// Everything an incident has in force.
    case incident(IncidentID)
    /// What one run has done.
    case run(RunID)
    /// This one, and nothing that its run did beside it.
    case effect(EffectID)
    /// What was begun from `from` on and before `until`, by one playbook or by any.
    case period(from: Timestamp, until: Timestamp?, playbook: PlaybookSlug?)

    /// The effects that it means, by creation, whatever their state.
    ///
    /// - Throws: ``ResponderError`` for an incident, run or effect that is not there.
    public func effects(in store: any IncidentStore) async throws -> [Effect] {
        switch self {
        case .incident(let id):
            guard try await store.incident(id) != nil else { throw ResponderError(.unknownIncident, "there is no incident \(id)") }
            return try await store.effects(EffectQuery(incident: id))
        case .run(let id):
            guard try await store.run(id) != nil else { throw ResponderError(.unknownRun, "there is no run \(id)") }
            return try await store.effects(EffectQuery(run: id))
        case .effect(let id):
            guard let effect = try await store.effect(id) else { throw ResponderError(.unknownEffect, "there is no effect \(id)") }
            return [effect]
        case .period(let from, let until, let playbook):
            return try await store.effects(EffectQuery(createdSince: from)).filter { effect in
                (until.map { effect.createdAt < $0 } ?? true) && (playbook.map { effect.playbook == $0 } ?? true)
            }
        }
    }

    /// The runs that it means as a whole and that are not over; none for a single effect.
    ///
    /// - Throws: ``ResponderError`` for a run that is not there.
    public func unfinishedRuns(in store: any IncidentStore) async throws -> [PlaybookRun] {
        switch self {
        case .incident(let id): return try await store.runs(of: id).filter { !$0.status.isFinal }
        case .run(let id):
            guard let run = try await store.run(id) else { throw ResponderError(.unknownRun, "there is no run \(id)") }
            return run.status.isFinal ? [] : [run]
        case .effect: return []
        case .period(let from, let until, let playbook):
            return try await store.unfinishedRuns().filter { run in
                run.createdAt >= from && (until.map { run.createdAt < $0 } ?? true) && (playbook.map { run.playbook.slug == $0 } ?? true)
            }
        }
    }

    /// As it stands in a sentence: `inc-1`, `what foo did since 14:00`.
    var noun: String {
        switch self {
        case .incident(let id): "\(id)"
        case .run(let id): "\(id)"
        case .effect(let id): "\(id)"
        case .period(let from, let until, let playbook):
            "what was done from \(from.toTheSecond)" + (until.map { " to \($0.toTheSecond)" } ?? " on")
                + (playbook.map { " by \($0)" } ?? "")
        }
    }
}
