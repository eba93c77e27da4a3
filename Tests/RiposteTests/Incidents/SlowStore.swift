import Riposte
import Synchronization

/// A store that holds back one commit until it is told to go on.
final class SlowStore: IncidentStore {
    let isHolding = Signal()
    let release = Signal()
    private let base: any IncidentStore
    private let condition = Mutex<(@Sendable ([StoreOperation]) -> Bool)?>(nil)

    init(_ base: any IncidentStore) { self.base = base }

    /// Holds back the next commit for which `condition` is true.
    func hold(where condition: @escaping @Sendable ([StoreOperation]) -> Bool) { self.condition.withLock { $0 = condition } }

    func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        let isHeld = condition.withLock { condition in
            guard condition?(batch.operations) == true else { return false }
            condition = nil
            return true
        }
        if isHeld {
            isHolding.set()
            await release.wait()
        }
        try await base.commit(batch, fence: fence)
    }

    func incident(_ id: IncidentID) async throws -> Incident? { try await base.incident(id) }
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
