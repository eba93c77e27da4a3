import Riposte
import Synchronization

/// A store that counts what is written, and tells when a run's end is on disk.
final class ObservedStore: IncidentStore {
    fileprivate struct State {
        var rows = 0
        var ended: Set<RunID> = []
        var waiting: [RunID: CheckedContinuation<Void, Never>] = [:]
    }

    private let base: any IncidentStore
    private let fence: Fence?
    private let state = Mutex(State())

    /// - Parameter fence: what the daemon writes with, which holds the store's lease.
    init(_ base: any IncidentStore, fence: Fence?) {
        self.base = base
        self.fence = fence
    }

    var rows: Int { state.withLock(\.rows) }

    /// Returns when the last entry of the run's journal is on disk.
    func end(of run: RunID) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.ended.remove(run) == nil else { return true }
                state.waiting[run] = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        try await base.commit(batch, fence: self.fence)
        for continuation in state.withLock({ $0.committed(batch) }) { continuation.resume() }
    }

    func incident(_ id: IncidentID) async throws -> Incident? { try await base.incident(id) }
    func known(_ incidents: [IncidentID]) async throws -> Set<IncidentID> { try await base.known(incidents) }
    func incidents(_ query: IncidentQuery) async throws -> [Incident] { try await base.incidents(query) }
    func anomalies(of incident: IncidentID) async throws -> [Anomaly] { try await base.anomalies(of: incident) }
    func anomalies(after time: Timestamp) async throws -> [Anomaly] { try await base.anomalies(after: time) }
    func run(_ id: RunID) async throws -> PlaybookRun? { try await base.run(id) }
    func runs(of incident: IncidentID) async throws -> [PlaybookRun] { try await base.runs(of: incident) }
    func unfinishedRuns() async throws -> [PlaybookRun] { try await base.unfinishedRuns() }
    func journal(of run: RunID) async throws -> [JournalEntry] { try await base.journal(of: run) }
    func effect(_ id: EffectID) async throws -> Effect? { try await base.effect(id) }
    func effects(_ query: EffectQuery) async throws -> [Effect] { try await base.effects(query) }
    func sourceStates() async throws -> [SourceName: JSONValue] { try await base.sourceStates() }
    func storedPlaybooks() async throws -> [StoredPlaybook] { try await base.storedPlaybooks() }
    func revisions(of slug: PlaybookSlug) async throws -> [StoredPlaybook] { try await base.revisions(of: slug) }
    func outboxItem(_ id: String) async throws -> OutboxItem? { try await base.outboxItem(id) }
    func outboxLines(_ query: OutboxQuery) async throws -> [OutboxLine] { try await base.outboxLines(query) }
    func outboxChannels() async throws -> [ChannelName] { try await base.outboxChannels() }
    func openOutboxItems() async throws -> [OutboxItem] { try await base.openOutboxItems() }
    func outboxItems(of incident: IncidentID) async throws -> [OutboxItem] { try await base.outboxItems(of: incident) }
    func openRequests() async throws -> [ControlRequest] { try await base.openRequests() }
    func request(_ id: String) async throws -> ControlRequest? { try await base.request(id) }
    func allowlist() async throws -> [AllowlistEntry] { try await base.allowlist() }
    func guardState(_ name: GuardStateName) async throws -> JSONValue? { try await base.guardState(name) }
    func guardStates() async throws -> [GuardStateName: JSONValue] { try await base.guardStates() }
    func approval(_ id: ApprovalID) async throws -> Approval? { try await base.approval(id) }
    func approvals(_ query: ApprovalQuery) async throws -> [Approval] { try await base.approvals(query) }
    func shadowEffects(since time: Timestamp) async throws -> [ShadowEffect] { try await base.shadowEffects(since: time) }
    func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence? {
        try await base.acquireLease(holder: holder, until: until, now: now)
    }
    func releaseLease(_ fence: Fence) async throws { try await base.releaseLease(fence) }
    func lease() async throws -> Lease? { try await base.lease() }
    func changeMarker() async throws -> Int64 { try await base.changeMarker() }
}

extension ObservedStore.State {
    mutating func committed(_ batch: WriteBatch) -> [CheckedContinuation<Void, Never>] {
        rows += batch.operations.count
        var resumed: [CheckedContinuation<Void, Never>] = []
        for case .appendJournal(let entry) in batch.operations {
            guard case .sealed = entry.record else { continue }
            if let continuation = waiting.removeValue(forKey: entry.runID) {
                resumed.append(continuation)
            } else {
                ended.insert(entry.runID)
            }
        }
        return resumed
    }
}
