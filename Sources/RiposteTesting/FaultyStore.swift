public import Riposte
internal import Synchronization

/// The process has stopped, as far as the store's caller can tell.
public struct SimulatedCrash: Error, Sendable, Hashable, CustomStringConvertible {
    /// The number of the call it happened at.
    public let call: Int
    public var description: String { "the process has stopped at call \(call) of its store" }
}

/// A store that fails on purpose, in front of one that does not.
///
/// Every call, read or write, has a number, from 1. To try a crash at every point: run once and read ``calls``; then for
/// every number make a new `FaultyStore` over a new store, ``crash(at:when:)`` there, run until the engine stops, and
/// run a second engine on the store behind it.
public final class FaultyStore: IncidentStore {
    /// Whether the call at which the process stops is carried out.
    public enum Moment: Sendable, Hashable, CaseIterable {
        /// It is not.
        case before
        /// It is, and its caller never hears of it.
        case after
    }

    fileprivate struct State {
        var log: [String] = []
        var crash: (call: Int, moment: Moment)?
        var hasCrashed = false
        var failures: [Int: any Error] = [:]
        var outage: (error: StoreError, writesOnly: Bool)?
    }

    private let base: any IncidentStore
    private let state = Mutex(State())

    /// Creates a store that does what `base` does until told otherwise.
    public init(_ base: any IncidentStore) { self.base = base }

    /// How many calls there have been.
    public var calls: Int { state.withLock { $0.log.count } }

    /// The names of the calls, in order: `commit(_:fence:)`, `run(_:)` …
    public var log: [String] { state.withLock { $0.log } }

    /// Whether the crash has happened.
    public var hasCrashed: Bool { state.withLock { $0.hasCrashed } }

    /// Stops the process at call number `call`: that call, every later one, and those under way throw ``SimulatedCrash``.
    public func crash(at call: Int, when moment: Moment) { state.withLock { $0.crash = (call, moment) } }

    /// Makes call number `call` throw `error` without being carried out; those before and after work.
    public func fail(at call: Int, with error: any Error = StoreError(.cannotWrite, "told to fail")) {
        state.withLock { $0.failures[call] = error }
    }

    /// Takes the store down (every call throws `error`, nothing is carried out), or brings it back.
    ///
    /// - Parameter writesOnly: whether it can be read meanwhile.
    public func failing(
        _ isDown: Bool, writesOnly: Bool = false, with error: StoreError = StoreError(.cannotWrite, "told to fail")
    ) {
        state.withLock { $0.outage = isDown ? (error, writesOnly) : nil }
    }

    private func pass<Value>(_ name: String = #function, _ body: () async throws -> Value) async throws -> Value {
        let call = try state.withLock { try $0.begin(name) }
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try state.withLock { try $0.end(call) }
        return try result.get()
    }

    public func commit(_ batch: WriteBatch, fence: Fence?) async throws { try await pass { try await base.commit(batch, fence: fence) } }
    public func incident(_ id: IncidentID) async throws -> Incident? { try await pass { try await base.incident(id) } }
    public func known(_ incidents: [IncidentID]) async throws -> Set<IncidentID> { try await pass { try await base.known(incidents) } }
    public func incidents(_ query: IncidentQuery) async throws -> [Incident] { try await pass { try await base.incidents(query) } }
    public func anomalies(of incident: IncidentID) async throws -> [Anomaly] { try await pass { try await base.anomalies(of: incident) } }
    public func anomalies(after time: Timestamp) async throws -> [Anomaly] { try await pass { try await base.anomalies(after: time) } }
    public func run(_ id: RunID) async throws -> PlaybookRun? { try await pass { try await base.run(id) } }
    public func runs(of incident: IncidentID) async throws -> [PlaybookRun] { try await pass { try await base.runs(of: incident) } }
    public func unfinishedRuns() async throws -> [PlaybookRun] { try await pass { try await base.unfinishedRuns() } }
    public func journal(of run: RunID) async throws -> [JournalEntry] { try await pass { try await base.journal(of: run) } }
    public func effect(_ id: EffectID) async throws -> Effect? { try await pass { try await base.effect(id) } }
    public func effects(_ query: EffectQuery) async throws -> [Effect] { try await pass { try await base.effects(query) } }
    public func sourceStates() async throws -> [SourceName: JSONValue] { try await pass { try await base.sourceStates() } }
    public func storedPlaybooks() async throws -> [StoredPlaybook] { try await pass { try await base.storedPlaybooks() } }
    public func revisions(of slug: PlaybookSlug) async throws -> [StoredPlaybook] { try await pass { try await base.revisions(of: slug) } }
    public func outboxItem(_ id: String) async throws -> OutboxItem? { try await pass { try await base.outboxItem(id) } }
    public func outboxLines(_ query: OutboxQuery) async throws -> [OutboxLine] { try await pass { try await base.outboxLines(query) } }
    public func outboxChannels() async throws -> [ChannelName] { try await pass { try await base.outboxChannels() } }
    public func openOutboxItems() async throws -> [OutboxItem] { try await pass { try await base.openOutboxItems() } }
    public func outboxItems(of incident: IncidentID) async throws -> [OutboxItem] {
        try await pass { try await base.outboxItems(of: incident) }
    }
    public func openRequests() async throws -> [ControlRequest] { try await pass { try await base.openRequests() } }
    public func request(_ id: String) async throws -> ControlRequest? { try await pass { try await base.request(id) } }
    public func allowlist() async throws -> [AllowlistEntry] { try await pass { try await base.allowlist() } }
    public func guardState(_ name: GuardStateName) async throws -> JSONValue? { try await pass { try await base.guardState(name) } }
    public func guardStates() async throws -> [GuardStateName: JSONValue] { try await pass { try await base.guardStates() } }
    public func approval(_ id: ApprovalID) async throws -> Approval? { try await pass { try await base.approval(id) } }
    public func approvals(_ query: ApprovalQuery) async throws -> [Approval] { try await pass { try await base.approvals(query) } }
    public func shadowEffects(since time: Timestamp) async throws -> [ShadowEffect] {
        try await pass { try await base.shadowEffects(since: time) }
    }
    public func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence? {
        try await pass { try await base.acquireLease(holder: holder, until: until, now: now) }
    }
    public func releaseLease(_ fence: Fence) async throws { try await pass { try await base.releaseLease(fence) } }
    public func lease() async throws -> Lease? { try await pass { try await base.lease() } }
    public func changeMarker() async throws -> Int64 { try await pass { try await base.changeMarker() } }
}

extension FaultyStore.State {
    /// Numbers a call, and throws where it is not to be carried out.
    fileprivate mutating func begin(_ name: String) throws -> Int {
        log.append(name)
        let call = log.count
        if let crash {
            if call > crash.call || (call == crash.call && crash.moment == .before) { hasCrashed = true }
            if hasCrashed { throw SimulatedCrash(call: crash.call) }
        }
        if let error = failures[call] { throw error }
        if let outage, !outage.writesOnly || name.hasPrefix("commit") { throw outage.error }
        return call
    }

    /// Throws where the caller does not live to hear the answer.
    fileprivate mutating func end(_ call: Int) throws {
        guard let crash else { return }
        if call == crash.call { hasCrashed = true }
        if hasCrashed { throw SimulatedCrash(call: crash.call) }
    }
}
