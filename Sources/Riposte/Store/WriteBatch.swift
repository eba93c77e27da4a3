/// What is written together or not at all.
public struct WriteBatch: Sendable, Hashable {
    /// What is written, in this order.
    public var operations: [StoreOperation]

    /// Creates a batch; with nothing said it writes nothing.
    public init(_ operations: [StoreOperation] = []) { self.operations = operations }

    /// Whether there is nothing to write. Committing it still checks the fence.
    public var isEmpty: Bool { operations.isEmpty }

    /// Adds one more thing to write.
    public mutating func append(_ operation: StoreOperation) { operations.append(operation) }
    /// Adds what another batch would write, after what is there.
    public mutating func append(contentsOf batch: WriteBatch) { operations.append(contentsOf: batch.operations) }
}

/// One thing that a commit writes. What becomes of a record that is there already, ``IncidentStore`` says.
public enum StoreOperation: Sendable, Hashable {
    /// Writes an incident, unless the store has a newer version.
    case putIncident(Incident)
    /// Adds an anomaly to an incident; one that is there is left as it is.
    case addAnomaly(Anomaly, to: IncidentID)
    /// Writes a run, over the one of the same id.
    case putRun(PlaybookRun)
    /// Changes nothing where there is no such run.
    case endRun(RunID, RunEnding)
    /// Notes who has taken a run back; changes nothing where there is no such run, or it is over.
    case undoRun(RunID, Undone)
    /// Adds an entry; another one under the same number makes the batch fail.
    case appendJournal(JournalEntry)
    /// Writes an effect, unless the store has a newer version.
    case putEffect(Effect)
    /// How far a source has been read, in the source's own terms.
    case putSourceState(SourceName, JSONValue)
    /// Adds a revision; another one under the same number makes the batch fail.
    case putPlaybook(StoredPlaybook)
    /// Writes an item, over the one of the same id.
    case putOutboxItem(OutboxItem)
    /// Writes a request, over the one of the same id.
    case putRequest(ControlRequest)
    /// Writes an entry, over the one of the same id.
    case putAllowlistEntry(AllowlistEntry)
    /// One piece of what the guard keeps, in the guard's own terms.
    case putGuardState(GuardStateName, JSONValue)
    /// Writes an approval, unless the store has a newer version.
    case putApproval(Approval)
    /// Writes a shadow effect, unless the store has a newer version.
    case putShadowEffect(ShadowEffect)
}
