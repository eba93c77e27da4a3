/// The store as one engine uses it: everything it writes carries its fence, also where the writer knows of none, and what
/// comes of each call is noted.
package final class WatchedStore: IncidentStore {
    private let base: any IncidentStore
    private let fence: Fence?
    private let health: StoreHealthBoard
    private let clock: any WallClock

    package init(
        _ base: any IncidentStore, fence: Fence?, health: StoreHealthBoard = StoreHealthBoard(), clock: any WallClock = SystemClock()
    ) {
        self.base = base
        self.fence = fence
        self.health = health
        self.clock = clock
    }

    package func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        try await noting(isWrite: true) { try await base.commit(batch, fence: fence ?? self.fence) }
        // A batch of nothing without a fence touches nothing, and so proves nothing.
        if !batch.isEmpty || fence ?? self.fence != nil { health.update { $0.written(at: clock.now()) } }
    }

    package func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence? {
        let fence = try await noting(isWrite: true) { try await base.acquireLease(holder: holder, until: until, now: now) }
        health.update { health in
            if fence != nil { health.leased(until: until, at: clock.now()) } else { health.written(at: clock.now()) }
        }
        return fence
    }

    package func releaseLease(_ fence: Fence) async throws { try await noting(isWrite: true) { try await base.releaseLease(fence) } }

    package func known(_ incidents: [IncidentID]) async throws -> Set<IncidentID> { try await noting { try await base.known(incidents) } }
    package func incident(_ id: IncidentID) async throws -> Incident? { try await noting { try await base.incident(id) } }
    package func incidents(_ query: IncidentQuery) async throws -> [Incident] { try await noting { try await base.incidents(query) } }
    package func anomalies(of incident: IncidentID) async throws -> [Anomaly] {
        try await noting { try await base.anomalies(of: incident) }
    }
    package func anomalies(after time: Timestamp) async throws -> [Anomaly] {
        try await noting { try await base.anomalies(after: time) }
    }
    package func run(_ id: RunID) async throws -> PlaybookRun? { try await noting { try await base.run(id) } }
    package func runs(of incident: IncidentID) async throws -> [PlaybookRun] { try await noting { try await base.runs(of: incident) } }
    package func unfinishedRuns() async throws -> [PlaybookRun] { try await noting { try await base.unfinishedRuns() } }
    package func journal(of run: RunID) async throws -> [JournalEntry] { try await noting { try await base.journal(of: run) } }
    package func effect(_ id: EffectID) async throws -> Effect? { try await noting { try await base.effect(id) } }
    package func effects(_ query: EffectQuery) async throws -> [Effect] { try await noting { try await base.effects(query) } }
    package func sourceStates() async throws -> [SourceName: JSONValue] { try await noting { try await base.sourceStates() } }
    package func storedPlaybooks() async throws -> [StoredPlaybook] { try await noting { try await base.storedPlaybooks() } }
    package func revisions(of slug: PlaybookSlug) async throws -> [StoredPlaybook] {
        try await noting { try await base.revisions(of: slug) }
    }
    package func outboxItem(_ id: String) async throws -> OutboxItem? { try await noting { try await base.outboxItem(id) } }
    package func outboxLines(_ query: OutboxQuery) async throws -> [OutboxLine] { try await noting { try await base.outboxLines(query) } }
    package func outboxChannels() async throws -> [ChannelName] { try await noting { try await base.outboxChannels() } }
    package func openOutboxItems() async throws -> [OutboxItem] { try await noting { try await base.openOutboxItems() } }
    package func outboxItems(of incident: IncidentID) async throws -> [OutboxItem] {
        try await noting { try await base.outboxItems(of: incident) }
    }
    package func openRequests() async throws -> [ControlRequest] { try await noting { try await base.openRequests() } }
    package func allowlist() async throws -> [AllowlistEntry] { try await noting { try await base.allowlist() } }
    package func guardState(_ name: GuardStateName) async throws -> JSONValue? { try await noting { try await base.guardState(name) } }
    package func guardStates() async throws -> [GuardStateName: JSONValue] { try await noting { try await base.guardStates() } }
    package func request(_ id: String) async throws -> ControlRequest? { try await noting { try await base.request(id) } }
    package func approval(_ id: ApprovalID) async throws -> Approval? { try await noting { try await base.approval(id) } }
    package func approvals(_ query: ApprovalQuery) async throws -> [Approval] { try await noting { try await base.approvals(query) } }
    package func shadowEffects(since time: Timestamp) async throws -> [ShadowEffect] {
        try await noting { try await base.shadowEffects(since: time) }
    }
    package func lease() async throws -> Lease? { try await noting { try await base.lease() } }
    package func changeMarker() async throws -> Int64 { try await noting { try await base.changeMarker() } }

    private func noting<Value>(isWrite: Bool = false, _ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as StoreError {
            health.update { $0.failed(error, isWrite: isWrite, at: clock.now()) }
            throw error
        }
    }
}
