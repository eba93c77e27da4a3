/// What taking something back would do, or what it has done: the same lines, in words for before and for after.
public struct UndoReport: Sendable, Hashable {
    /// What was asked to be taken back.
    public var scope: UndoScope
    /// Whether nothing has been touched yet.
    public var isPreview: Bool
    /// One for each effect that the scope means, by creation, those included that nothing happens to.
    public var lines: [Line]
    /// Runs that were not over, and do nothing more.
    public var stopped: [Stopped] = []
    /// Actions that were carried out and that nobody can take back, and how often.
    public var withoutUndo: [ActionName: Int]

    /// A run that does nothing more, because what it belongs to was taken back.
    public struct Stopped: Sendable, Hashable {
        /// The run.
        public var run: RunID
        /// The playbook that it carried out.
        public var playbook: PlaybookSlug
        /// What it waits for.
        public var approval: ApprovalID?
    }

    /// One effect.
    public struct Line: Sendable, Hashable {
        /// The effect, as it is now.
        public var effect: Effect
        /// What becomes, or became, of it.
        public var fate: Fate
        /// Effects on the same target that are not part of this, and go on holding it.
        public var keptBy: [Effect]
    }

    /// What becomes of an effect.
    public enum Fate: Sendable, Hashable {
        /// It is gone; in a preview: it would be taken back.
        case takenBack
        /// It is tried again until it works.
        case triedAgain
        /// It is being made at this moment.
        case onceMade
        /// The action that takes it back is not registered.
        case orphaned
        /// It was so before, and not by us.
        case foreign
        /// Another effect has taken over from it and goes on.
        case extended(by: EffectID, of: RunID)
        /// Nobody can take it back: sessions that were ended stay ended.
        case stays
        /// It had ended before, or was never made: nothing happens.
        case over
    }

    /// The effects that something happens to.
    public var affected: [Effect] { lines.filter { $0.fate.isAffected }.map(\.effect) }
    /// The incidents that the effects belong to; for an incident itself that one.
    public var incidents: [IncidentID] {
        if case .incident(let id) = scope { return [id] }
        return lines.map(\.effect.incidentID).uniqued()
    }
    /// Whether nothing of it may be in force any more.
    public var isDone: Bool { !isPreview && !lines.contains { $0.fate.isAffected && $0.fate != .takenBack } }
}

extension UndoReport.Stopped {
    init(_ run: PlaybookRun) { self.init(run: run.id, playbook: run.playbook.slug, approval: run.waitingFor) }
}

extension UndoReport.Fate {
    var isAffected: Bool {
        switch self {
        case .takenBack, .triedAgain, .onceMade, .orphaned: true
        case .foreign, .extended, .stays, .over: false
        }
    }
}

extension UndoReport {
    /// What would happen. Reads only.
    public static func preview(
        _ scope: UndoScope, from store: any IncidentStore, actions: ActionRegistry, now: Timestamp
    ) async throws -> UndoReport {
        let effects = try await scope.effects(in: store)
        var report = try await UndoReport(scope, isPreview: true, effects, affected: [], store, actions, now)
        report.stopped = try await scope.unfinishedRuns(in: store).map(Stopped.init)
        for place in report.lines.indices where report.lines[place].fate == .takenBack {
            guard actions[report.lines[place].effect.action] == nil else { continue }
            report.lines[place].fate = .orphaned
        }
        return report
    }

    /// What has happened.
    ///
    /// - Parameters:
    ///   - affected: those that were open before.
    ///   - stopped: runs that were not over before.
    static func facts(
        _ scope: UndoScope, affected: Set<EffectID>, stopped: [PlaybookRun], from store: any IncidentStore, actions: ActionRegistry,
        now: Timestamp
    ) async throws -> UndoReport {
        var report = try await UndoReport(scope, isPreview: false, scope.effects(in: store), affected: affected, store, actions, now)
        report.stopped = stopped.map(Stopped.init)
        return report
    }

    private init(
        _ scope: UndoScope, isPreview: Bool, _ effects: [Effect], affected: Set<EffectID>, _ store: any IncidentStore,
        _ actions: ActionRegistry, _ now: Timestamp
    ) async throws {
        self.scope = scope
        self.isPreview = isPreview
        lines = []
        let open = try await store.effects(.open)
        let own = Set(effects.map(\.id))
        for effect in effects {
            let stays = effect.state == .active && actions[effect.action]?.isReversible == false
            let fate = stays ? .stays : try await Self.fate(of: effect, isPreview, wasOpen: affected.contains(effect.id), own, store)
            if fate == .over, scope != .effect(effect.id) { continue }  // of one that was asked for it is the answer
            let others = open.filter { !own.contains($0.id) && $0.holds(like: effect, at: now) }
            lines.append(Line(effect: effect, fate: fate, keptBy: fate.isAffected ? others : []))
        }
        withoutUndo = try await Self.withoutUndo(scope, effects, store, actions)
    }

    private static func fate(
        of effect: Effect, _ isPreview: Bool, wasOpen: Bool, _ own: Set<EffectID>, _ store: any IncidentStore
    ) async throws -> Fate {
        switch effect.state {
        case .pending: return .onceMade
        case .active: return isPreview ? .takenBack : .triedAgain
        case .undoing: return .triedAgain
        case .orphaned: return .orphaned
        case .foreign: return .foreign
        case .void: return .over
        case .ended: return wasOpen && !isPreview ? .takenBack : .over
        case .superseded:
            guard let heir = try await lastHeir(of: effect, store), heir.state.isOpen, !own.contains(heir.id) else { return .over }
            return .extended(by: heir.id, of: heir.runID)
        }
    }

    private static func lastHeir(of effect: Effect, _ store: any IncidentStore) async throws -> Effect? {
        var heir = effect
        var seen: Set<EffectID> = []
        while let next = heir.heir, seen.insert(next).inserted, let found = try await store.effect(next) { heir = found }
        return heir.id == effect.id ? nil : heir
    }

    /// Nothing of the sort is asked of a single effect.
    private static func withoutUndo(
        _ scope: UndoScope, _ effects: [Effect], _ store: any IncidentStore, _ actions: ActionRegistry
    ) async throws -> [ActionName: Int] {
        var runs = effects.map(\.runID)
        switch scope {
        case .effect: return [:]
        case .incident(let id): runs += try await store.runs(of: id).map(\.id)
        case .run(let id): runs.append(id)
        case .period: break
        }
        var counts: [ActionName: Int] = [:]
        for id in runs.uniqued() {
            guard let run = try await store.run(id) else { continue }
            for case .outcome(let path, let outcome) in try await store.journal(of: id).map(\.record) where outcome.kind == .succeeded {
                let action = run.playbook.steps[path.index].action
                if actions[action]?.isReversible == false { counts[action, default: 0] += 1 }
            }
        }
        return counts
    }
}

extension Effect {
    /// Whether it does to the same target what `other` does.
    func holds(like other: Effect, at now: Timestamp) -> Bool {
        state == .active && target == other.target && kind == other.kind && id != other.id && (expiresAt.map { $0 > now } ?? true)
    }
}
