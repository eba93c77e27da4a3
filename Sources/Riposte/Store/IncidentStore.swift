/// Where everything that must survive is kept. The one storage contract: SQLite and in-memory pass the same suite
/// (`StoreContract` in RiposteTesting), and yours can.
///
/// An implementer promises:
/// - `commit` writes a whole batch or nothing, and returns only when it is as durable as the store gets. It is not
///   affected by cancellation of the calling task: once called, it is carried out.
/// - What a commit wrote, every later read sees.
/// - Commits of concurrent callers may share one transaction; one batch that fails does not take others with it.
/// - A record is identified by its id; putting it again replaces it. A journal entry whose run and sequence are there
///   already with other content makes the batch fail with `.conflict`, and so does a playbook whose slug and revision are;
///   the same content again changes nothing. An anomaly that is there already is left as it is. An incident, effect, approval
///   or shadow effect whose ``Effect/version`` is lower than that of the stored one is passed over: what is newer stays. An
///   outbox item is of one channel and incident for good.
/// - A fence that is no longer the holder's makes the batch fail with `.leaseLost`, an empty batch too. A lease that has
///   expired and that nobody else has taken is still the holder's.
public protocol IncidentStore: Sendable {
    /// Writes a whole batch or nothing.
    ///
    /// - Parameter fence: that of the lease under which it is written; `nil` = whoever holds the lease.
    /// - Throws: a ``StoreError``: nothing was written.
    func commit(_ batch: WriteBatch, fence: Fence?) async throws

    /// The incident of that id; `nil` where there is none.
    func incident(_ id: IncidentID) async throws -> Incident?
    /// Those of these incidents that there are. By default each is read.
    func known(_ incidents: [IncidentID]) async throws -> Set<IncidentID>
    /// By last activity, newest first, then by id, highest first. A target that is an address or network also finds the
    /// incidents about a network around it or a part of it.
    func incidents(_ query: IncidentQuery) async throws -> [Incident]
    /// By the time of the last event, then id.
    func anomalies(of incident: IncidentID) async throws -> [Anomaly]
    /// Those whose last event is after `time`, by the time of the last event, then id.
    func anomalies(after time: Timestamp) async throws -> [Anomaly]

    /// The run of that id; `nil` where there is none.
    func run(_ id: RunID) async throws -> PlaybookRun?
    /// By creation, then id.
    func runs(of incident: IncidentID) async throws -> [PlaybookRun]
    /// By creation, then id.
    func unfinishedRuns() async throws -> [PlaybookRun]
    /// By sequence.
    func journal(of run: RunID) async throws -> [JournalEntry]

    /// The effect of that id; `nil` where there is none.
    func effect(_ id: EffectID) async throws -> Effect?
    /// By creation, then id. A target finds exactly itself.
    func effects(_ query: EffectQuery) async throws -> [Effect]

    /// How far each source has been read, as it was last put.
    func sourceStates() async throws -> [SourceName: JSONValue]
    /// The latest revision of each playbook in the store, by slug.
    func storedPlaybooks() async throws -> [StoredPlaybook]
    /// Every revision of one, oldest first.
    func revisions(of slug: PlaybookSlug) async throws -> [StoredPlaybook]
    /// The item of that id; `nil` where there is none.
    func outboxItem(_ id: String) async throws -> OutboxItem?
    /// What one channel can be told: whole lines, as many as are asked for. Takes no longer because more waits.
    func outboxLines(_ query: OutboxQuery) async throws -> [OutboxLine]
    /// The channels for which something waits, by name.
    func outboxChannels() async throws -> [ChannelName]
    /// All that is not yet delivered or given up, through whichever channel, by when it is due, then id.
    func openOutboxItems() async throws -> [OutboxItem]
    /// In the order in which they were first put.
    func outboxItems(of incident: IncidentID) async throws -> [OutboxItem]
    /// Requests that no engine has answered yet, oldest first, then by id.
    func openRequests() async throws -> [ControlRequest]
    /// The request of that id, answered or not; `nil` where there is none.
    func request(_ id: String) async throws -> ControlRequest?
    /// Every entry ever made, oldest first, then by id.
    func allowlist() async throws -> [AllowlistEntry]
    /// One piece of what the guard keeps, as it was last put; `nil` where there is none.
    func guardState(_ name: GuardStateName) async throws -> JSONValue?
    /// All of what the guard keeps.
    func guardStates() async throws -> [GuardStateName: JSONValue]
    /// The approval of that id; `nil` where there is none.
    func approval(_ id: ApprovalID) async throws -> Approval?
    /// By when it was asked, newest first, then by id, highest first.
    func approvals(_ query: ApprovalQuery) async throws -> [Approval]
    /// Those that were put, for the last time, at or after `time`: by that time, then id.
    func shadowEffects(since time: Timestamp) async throws -> [ShadowEffect]

    /// Takes the lease, or renews it for the holder that has it. `nil` where another holds it at `now`.
    /// A renewal keeps its fence; every other taking gives a higher one than any before, also after a release.
    func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence?
    /// Gives the lease up; nothing happens where `fence` is no longer the holder's.
    func releaseLease(_ fence: Fence) async throws
    /// The lease as it was last taken, expired or not; `nil` when it was given up.
    func lease() async throws -> Lease?

    /// A number that changes when another process has written to the store. It may change with this object's own writes.
    func changeMarker() async throws -> Int64
}

extension IncidentStore {
    /// Writes a whole batch or nothing, whoever holds the lease.
    public func commit(_ batch: WriteBatch) async throws { try await commit(batch, fence: nil) }

    public func known(_ incidents: [IncidentID]) async throws -> Set<IncidentID> {
        var known: Set<IncidentID> = []
        for id in incidents where try await incident(id) != nil { known.insert(id) }
        return known
    }
}
