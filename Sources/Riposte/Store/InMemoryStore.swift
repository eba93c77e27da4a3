internal import Synchronization

/// A store that keeps everything in this process's memory: for tests, for a trial, and for a host that does not mind
/// starting empty.
///
/// Keeps the whole contract of ``IncidentStore`` but durability: what is written lives as long as the object. A second
/// responder on the same object sees what the first left, as after a restart. Nothing is ever removed, so its memory
/// grows with the number of incidents.
public final class InMemoryStore: IncidentStore {
    private let records = Mutex(InMemoryRecords())

    /// Creates an empty store.
    public init() {}

    public func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        try records.withLock { try $0.commit(batch, fence: fence) }
    }

    public func incident(_ id: IncidentID) async throws -> Incident? { records.withLock { $0.incidents[id] } }

    public func known(_ incidents: [IncidentID]) async throws -> Set<IncidentID> {
        records.withLock { records in Set(incidents.filter { records.incidents[$0] != nil }) }
    }

    public func incidents(_ query: IncidentQuery) async throws -> [Incident] { records.withLock { $0.incidents(query) } }

    public func anomalies(of incident: IncidentID) async throws -> [Anomaly] { records.withLock { $0.anomalies(of: incident) } }

    public func anomalies(after time: Timestamp) async throws -> [Anomaly] { records.withLock { $0.anomalies(after: time) } }

    public func run(_ id: RunID) async throws -> PlaybookRun? { records.withLock { $0.runs[id] } }

    public func runs(of incident: IncidentID) async throws -> [PlaybookRun] { records.withLock { $0.runs(of: incident) } }

    public func unfinishedRuns() async throws -> [PlaybookRun] { records.withLock { $0.unfinishedRuns() } }

    public func journal(of run: RunID) async throws -> [JournalEntry] { records.withLock { $0.journal(of: run) } }

    public func effect(_ id: EffectID) async throws -> Effect? { records.withLock { $0.effects[id] } }

    public func effects(_ query: EffectQuery) async throws -> [Effect] { records.withLock { $0.effects(query) } }

    public func sourceStates() async throws -> [SourceName: JSONValue] { records.withLock { $0.sourceStates } }

    public func storedPlaybooks() async throws -> [StoredPlaybook] { records.withLock { $0.latestPlaybooks() } }

    public func revisions(of slug: PlaybookSlug) async throws -> [StoredPlaybook] { records.withLock { $0.revisions(of: slug) } }

    public func outboxItem(_ id: String) async throws -> OutboxItem? { records.withLock { $0.outbox.item(id) } }

    public func outboxLines(_ query: OutboxQuery) async throws -> [OutboxLine] { records.withLock { $0.outbox.lines(query) } }

    public func outboxChannels() async throws -> [ChannelName] { records.withLock { $0.outbox.channels } }

    public func openOutboxItems() async throws -> [OutboxItem] { records.withLock { $0.outbox.openItems() } }

    public func outboxItems(of incident: IncidentID) async throws -> [OutboxItem] { records.withLock { $0.outbox.items(of: incident) } }

    public func openRequests() async throws -> [ControlRequest] { records.withLock { $0.openRequests() } }

    public func request(_ id: String) async throws -> ControlRequest? { records.withLock { $0.requests[id] } }

    public func allowlist() async throws -> [AllowlistEntry] { records.withLock { $0.allowlist() } }

    public func guardState(_ name: GuardStateName) async throws -> JSONValue? { records.withLock { $0.guardStates[name] } }

    public func guardStates() async throws -> [GuardStateName: JSONValue] { records.withLock { $0.guardStates } }
    public func approval(_ id: ApprovalID) async throws -> Approval? { records.withLock { $0.approvals[id] } }

    public func approvals(_ query: ApprovalQuery) async throws -> [Approval] { records.withLock { $0.approvals(query) } }

    public func shadowEffects(since time: Timestamp) async throws -> [ShadowEffect] {
        records.withLock { $0.shadowEffects(since: time) }
    }

    public func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence? {
        records.withLock { $0.lease.acquire(holder: holder, until: until, now: now) }
    }

    public func releaseLease(_ fence: Fence) async throws { records.withLock { $0.lease.release(fence) } }

    public func lease() async throws -> Lease? { records.withLock { $0.lease.current } }

    /// Changes with every commit: whoever shares this object stands for the other process.
    public func changeMarker() async throws -> Int64 { records.withLock { $0.commits } }
}
