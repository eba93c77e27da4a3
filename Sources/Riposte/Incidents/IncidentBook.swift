internal import Synchronization

/// The incidents that may still be joined, and their runs, in memory, in step with the store. Everything that changes an
/// incident goes through here, so that each change has the next version.
final class IncidentBook: Sendable {
    private let state: Mutex<IncidentIndex>

    /// How many are held; the rest is looked up in the store.
    let limit: Int

    init(joinWindow: Duration, limit: Int) {
        self.limit = max(limit, 1)
        state = Mutex(IncidentIndex(joinWindow: joinWindow))
    }

    /// Keeps an incident here while a run of it is driven.
    func pin(_ incident: IncidentID, for run: RunID) { state.withLock { $0.pin(incident, for: run) } }
    func unpin(_ incident: IncidentID, for run: RunID) { state.withLock { $0.unpin(incident, for: run) } }

    /// Lets go of what there is no room for. Only what is on disk as it is here may be let go of: not while one is written.
    func makeRoom() { state.withLock { $0.makeRoom(limit) } }

    /// The store has more than there is room for.
    func isPartial() { state.withLock { $0.evictions += 1 } }

    /// Whether there may be open incidents that only the store knows.
    var hasEvicted: Bool { state.withLock { $0.evictions > 0 } }

    /// Nothing that the store has is later than this; said at start, before the first anomaly.
    func begin(at horizon: Timestamp) { state.withLock { $0.begin(at: horizon) } }

    func load(_ incidents: [Incident], runs: [PlaybookRun], anomalies: [(id: AnomalyID, incident: IncidentID)]) {
        state.withLock { index in
            for incident in incidents { index.put(incident) }
            for run in runs { index.put(run) }
            for anomaly in anomalies { index.put(anomaly.id, in: anomaly.incident) }
        }
    }

    /// Looks at what there is; short, because everything else waits.
    func read<Result: Sendable>(_ body: (IncidentIndex) -> Result) -> Result { state.withLock { body($0) } }

    /// Takes over what an ingest is about to put on disk, planned on what there is.
    func install(_ body: (IncidentIndex) -> IngestPlan) -> IngestPlan {
        state.withLock { index in
            var plan = body(index)
            plan.before = plan.incidents.compactMap { index.incidents[$0.id] }
            for incident in plan.incidents { index.put(incident) }
            for run in plan.runs { index.put(run) }
            for (anomaly, incident) in plan.anomalies { index.put(anomaly.id, in: incident) }
            return plan
        }
    }

    /// The plan could not be put on disk: all is as it was, but for what others have changed since.
    func withdraw(_ plan: IngestPlan) { state.withLock { $0.withdraw(plan) } }

    func add(_ incident: Incident) { state.withLock { $0.put(incident) } }
    func add(_ run: PlaybookRun) { state.withLock { $0.put(run) } }
    func finished(_ run: PlaybookRun) { state.withLock { $0.put(run) } }

    /// Notes the first containment; `nil` where it is noted already. The answer is what to write.
    func contained(_ id: IncidentID, at now: Timestamp) -> Incident? {
        state.withLock { index in
            guard var incident = index.incidents[id], incident.containedAt == nil, incident.breachedAt == nil else { return nil }
            incident.containedAt = now
            incident.version += 1
            if !incident.status.isOver {
                incident.move(to: .contained, at: now, actor: "riposte", note: "the first containment is in force")
            }
            index.put(incident)
            return incident
        }
    }

    /// Changes one incident; `nil` where it is not open. The answer is what to write.
    func update(_ id: IncidentID, _ change: (inout Incident) -> Void) -> Incident? {
        state.withLock { index in
            guard var incident = index.incidents[id] else { return nil }
            change(&incident)
            incident.version += 1
            index.put(incident)
            return incident
        }
    }

    /// Changes one incident and has it written. Where that fails the change is taken back, and what others have changed
    /// meanwhile is left. `nil` where it is not open.
    func update(
        _ id: IncidentID, _ change: @Sendable (inout Incident) -> Void, writing write: (Incident) async throws -> Void
    ) async throws -> Incident? {
        let (before, after) = state.withLock { index -> (Incident?, Incident?) in
            guard let before = index.incidents[id] else { return (nil, nil) }
            var after = before
            change(&after)
            after.version += 1
            index.put(after)
            return (before, after)
        }
        guard let before, let after else { return nil }
        do { try await write(after) } catch {
            state.withLock { index in
                guard var incident = index.incidents[id] else { return }
                incident.takeBack(after, before)
                index.put(incident)
            }
            throw error
        }
        return after
    }

    /// Drops what is resolved.
    func remove(_ ids: [IncidentID]) {
        state.withLock { index in
            for id in ids { index.remove(id) }
        }
    }

    /// Incidents without an anomaly for `period` before `now`, which are over.
    func quiet(since period: Duration, at now: Timestamp) -> [IncidentID] {
        state.withLock { index in index.incidents.values.filter { $0.lastActivityAt + period <= now }.map(\.id).sorted() }
    }
}

extension Incident {
    /// Moves the status on, with who and why. The caller writes it.
    mutating func move(to status: Status, at now: Timestamp, actor: String, note: String) {
        self.status = status
        history.append(StatusChange(at: now, to: status, actor: actor, note: note))
        version += 1
    }

    /// A person takes it up.
    mutating func acknowledge(at now: Timestamp, actor: String, note: String) {
        if status == .open || status == .reopened { move(to: .investigating, at: now, actor: actor, note: "") }
        acknowledgement = Acknowledgement(at: now, actor: actor, note: note)
    }

    /// Takes back what `after` has changed in `before`.
    fileprivate mutating func takeBack(_ after: Incident, _ before: Incident) {
        let moves = after.history.dropFirst(before.history.count)
        history.removeAll(where: moves.contains)
        if status == after.status { status = before.status }
        acknowledgement = before.acknowledgement
        takeBack(\.assignee, after, before)
        takeBack(\.notes, after, before)
        takeBack(\.verdict, after, before)
        takeBack(\.cause, after, before)
        takeBack(\.lessons, after, before)
        takeBack(\.containedAt, after, before)
        takeBack(\.breachedAt, after, before)
        version += 1
    }

    /// What somebody else has changed meanwhile stays.
    private mutating func takeBack<Value: Equatable>(_ path: WritableKeyPath<Incident, Value>, _ after: Incident, _ before: Incident) {
        if after[keyPath: path] != before[keyPath: path], self[keyPath: path] == after[keyPath: path] {
            self[keyPath: path] = before[keyPath: path]
        }
    }
}
