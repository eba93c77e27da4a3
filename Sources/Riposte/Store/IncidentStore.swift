/// Where everything that must survive is kept. The one storage contract: SQLite and in-memory pass the same suite
/// (`StoreContract` in RiposteTesting), and yours can.
///
/// An implementer promises:
/// - `commit` writes a whole batch or nothing, and returns only when it is as durable as the store gets. It is not
///   affected by cancellation of the calling task: once called, it is carried out.
/// - What a commit wrote, every later read sees.
/// - Commits of concurrent callers may share one transaction; one batch that fails does not take others with it.
/// - A record is identified by its id; putting it again replaces it. A journal entry whose run and sequence are there
///   already with other content makes the batch fail with `.conflict`; the same content again changes nothing.
///   An anomaly that is there already is left as it is. An incident or effect whose ``Effect/version`` is lower than
///   that of the stored one is passed over: what is newer stays.
/// - A fence that is no longer the holder's makes the batch fail with `.leaseLost`.
public protocol IncidentStore: Sendable {
    func commit(_ batch: WriteBatch, fence: Fence?) async throws

    func incident(_ id: IncidentID) async throws -> Incident?
    /// Newest first.
    func incidents(_ query: IncidentQuery) async throws -> [Incident]
    /// By event time.
    func anomalies(of incident: IncidentID) async throws -> [Anomaly]
    /// Those whose last event is after `time`, by event time.
    func anomalies(after time: Timestamp) async throws -> [Anomaly]

    func run(_ id: RunID) async throws -> PlaybookRun?
    /// By creation, then id.
    func runs(of incident: IncidentID) async throws -> [PlaybookRun]
    func unfinishedRuns() async throws -> [PlaybookRun]
    /// By sequence.
    func journal(of run: RunID) async throws -> [JournalEntry]

    func effect(_ id: EffectID) async throws -> Effect?
    /// By creation, then id.
    func effects(_ query: EffectQuery) async throws -> [Effect]

    func sourceStates() async throws -> [SourceName: JSONValue]
    /// The latest revision of each playbook in the store.
    func storedPlaybooks() async throws -> [StoredPlaybook]
    /// Every revision of one, oldest first.
    func revisions(of slug: PlaybookSlug) async throws -> [StoredPlaybook]
    func account(_ user: String) async throws -> AccountState?
    func outboxItem(_ id: String) async throws -> OutboxItem?
    /// Those not yet delivered or given up, by when they are due.
    func openOutboxItems() async throws -> [OutboxItem]
    func outboxItems(of incident: IncidentID) async throws -> [OutboxItem]
    /// Requests that no engine has answered yet, oldest first.
    func openRequests() async throws -> [ControlRequest]
    func request(_ id: String) async throws -> ControlRequest?

    /// Takes the lease, or renews it for the holder that has it. `nil` where another holds it at `now`.
    func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence?
    func releaseLease(_ fence: Fence) async throws
    func lease() async throws -> Lease?

    /// A number that changes when another process has written to the store.
    func changeMarker() async throws -> Int64
}

extension IncidentStore {
    public func commit(_ batch: WriteBatch) async throws { try await commit(batch, fence: nil) }
}
