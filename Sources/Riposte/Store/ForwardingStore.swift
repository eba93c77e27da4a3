/// A store in front of another: what it does not do itself, the other does.
///
/// A store that counts, delays or checks something says just that. Every call that it leaves alone goes through
/// ``through(_:_:)`` to ``base``.
public protocol ForwardingStore: IncidentStore {
    /// The store behind this one.
    var base: any IncidentStore { get }

    /// Carries a call out at ``base``; by default nothing else is done.
    ///
    /// - Parameters:
    ///   - call: the call's name as Swift writes it, such as `runs(of:)`.
    ///   - body: the call itself.
    func through<Value>(_ call: String, _ body: () async throws -> Value) async throws -> Value
}

extension ForwardingStore {
    public func through<Value>(_ call: String, _ body: () async throws -> Value) async throws -> Value { try await body() }

    public func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        try await through(#function) { try await base.commit(batch, fence: fence) }
    }

    public func incident(_ id: IncidentID) async throws -> Incident? { try await through(#function) { try await base.incident(id) } }
    public func known(_ incidents: [IncidentID]) async throws -> Set<IncidentID> {
        try await through(#function) { try await base.known(incidents) }
    }
    public func incidents(_ query: IncidentQuery) async throws -> [Incident] {
        try await through(#function) { try await base.incidents(query) }
    }
    public func anomalies(of incident: IncidentID) async throws -> [Anomaly] {
        try await through(#function) { try await base.anomalies(of: incident) }
    }
    public func anomalies(after time: Timestamp) async throws -> [Anomaly] {
        try await through(#function) { try await base.anomalies(after: time) }
    }

    public func run(_ id: RunID) async throws -> PlaybookRun? { try await through(#function) { try await base.run(id) } }
    public func runs(of incident: IncidentID) async throws -> [PlaybookRun] {
        try await through(#function) { try await base.runs(of: incident) }
    }
    public func unfinishedRuns() async throws -> [PlaybookRun] { try await through(#function) { try await base.unfinishedRuns() } }
    public func journal(of run: RunID) async throws -> [JournalEntry] { try await through(#function) { try await base.journal(of: run) } }

    public func effect(_ id: EffectID) async throws -> Effect? { try await through(#function) { try await base.effect(id) } }
    public func effects(_ query: EffectQuery) async throws -> [Effect] { try await through(#function) { try await base.effects(query) } }

    public func sourceStates() async throws -> [SourceName: JSONValue] { try await through(#function) { try await base.sourceStates() } }
    public func storedPlaybooks() async throws -> [StoredPlaybook] { try await through(#function) { try await base.storedPlaybooks() } }
    public func revisions(of slug: PlaybookSlug) async throws -> [StoredPlaybook] {
        try await through(#function) { try await base.revisions(of: slug) }
    }

    public func outboxItem(_ id: String) async throws -> OutboxItem? { try await through(#function) { try await base.outboxItem(id) } }
    public func outboxLines(_ query: OutboxQuery) async throws -> [OutboxLine] {
        try await through(#function) { try await base.outboxLines(query) }
    }
    public func outboxChannels() async throws -> [ChannelName] { try await through(#function) { try await base.outboxChannels() } }
    public func openOutboxItems() async throws -> [OutboxItem] { try await through(#function) { try await base.openOutboxItems() } }
    public func outboxItems(of incident: IncidentID) async throws -> [OutboxItem] {
        try await through(#function) { try await base.outboxItems(of: incident) }
    }

    public func openRequests() async throws -> [ControlRequest] { try await through(#function) { try await base.openRequests() } }
    public func request(_ id: String) async throws -> ControlRequest? { try await through(#function) { try await base.request(id) } }
    public func allowlist() async throws -> [AllowlistEntry] { try await through(#function) { try await base.allowlist() } }
    public func guardState(_ name: GuardStateName) async throws -> JSONValue? {
        try await through(#function) { try await base.guardState(name) }
    }
    public func guardStates() async throws -> [GuardStateName: JSONValue] { try await through(#function) { try await base.guardStates() } }
    public func approval(_ id: ApprovalID) async throws -> Approval? { try await through(#function) { try await base.approval(id) } }
    public func approvals(_ query: ApprovalQuery) async throws -> [Approval] {
        try await through(#function) { try await base.approvals(query) }
    }
    public func shadowEffects(since time: Timestamp) async throws -> [ShadowEffect] {
        try await through(#function) { try await base.shadowEffects(since: time) }
    }

    public func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence? {
        try await through(#function) { try await base.acquireLease(holder: holder, until: until, now: now) }
    }
    public func releaseLease(_ fence: Fence) async throws { try await through(#function) { try await base.releaseLease(fence) } }
    public func lease() async throws -> Lease? { try await through(#function) { try await base.lease() } }
    public func changeMarker() async throws -> Int64 { try await through(#function) { try await base.changeMarker() } }
}
