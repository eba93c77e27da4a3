/// What is written together or not at all.
public struct WriteBatch: Sendable, Hashable {
    public var operations: [StoreOperation]

    public init(_ operations: [StoreOperation] = []) { self.operations = operations }

    public var isEmpty: Bool { operations.isEmpty }

    public mutating func append(_ operation: StoreOperation) { operations.append(operation) }
    public mutating func append(contentsOf batch: WriteBatch) { operations.append(contentsOf: batch.operations) }
}

public enum StoreOperation: Sendable, Hashable {
    case putIncident(Incident)
    case addAnomaly(Anomaly, to: IncidentID)
    case putRun(PlaybookRun)
    /// Changes nothing where there is no such run.
    case endRun(RunID, RunEnding)
    /// Notes who has taken a run back; changes nothing where there is no such run, or it is over.
    case undoRun(RunID, Undone)
    case appendJournal(JournalEntry)
    case putEffect(Effect)
    /// How far a source has been read, in the source's own terms.
    case putSourceState(SourceName, JSONValue)
    case putPlaybook(StoredPlaybook)
    case putOutboxItem(OutboxItem)
    case putRequest(ControlRequest)
    case putAllowlistEntry(AllowlistEntry)
    /// One piece of what the guard keeps, in the guard's own terms.
    case putGuardState(GuardStateName, JSONValue)
    case putApproval(Approval)
    case putShadowEffect(ShadowEffect)
}
