/// What an ``InMemoryStore`` holds, with the indexes its reads need.
struct InMemoryRecords: Sendable {
    var incidents: [IncidentID: Incident] = [:]
    var anomalies: [AnomalyID: Anomaly] = [:]
    var anomaliesOfIncident: [IncidentID: [AnomalyID]] = [:]
    var runs: [RunID: PlaybookRun] = [:]
    var runsOfIncident: [IncidentID: Set<RunID>] = [:]
    var unfinished: Set<RunID> = []
    var journals: [RunID: [Int: JournalEntry]] = [:]
    var effects: [EffectID: Effect] = [:]
    var effectsOfIncident: [IncidentID: Set<EffectID>] = [:]
    var effectsInState: [Effect.State: Set<EffectID>] = [:]
    var sourceStates: [SourceName: JSONValue] = [:]
    var playbooks: [PlaybookSlug: [Int: StoredPlaybook]] = [:]
    var outbox = InMemoryOutbox()
    var requests: [String: ControlRequest] = [:]
    var allowlistEntries: [ExactText: AllowlistEntry] = [:]
    var guardStates: [GuardStateName: JSONValue] = [:]
    var approvals: [ApprovalID: Approval] = [:]
    var shadowEffects: [String: ShadowEffect] = [:]
    var lease = LeaseState()
    private(set) var commits: Int64 = 0

    /// Looks at the whole batch before the first change, so that a batch that is refused has changed nothing.
    mutating func commit(_ batch: WriteBatch, fence: Fence?) throws {
        try lease.check(fence)
        try checkConflicts(in: batch)
        for operation in batch.operations { apply(operation) }
        commits += 1
    }

    private func checkConflicts(in batch: WriteBatch) throws {
        var newEntries: [RunID: [Int: JournalEntry]] = [:]
        var newRevisions: [PlaybookSlug: [Int: StoredPlaybook]] = [:]
        for operation in batch.operations {
            switch operation {
            case .appendJournal(let entry):
                let known = newEntries[entry.runID]?[entry.sequence] ?? journals[entry.runID]?[entry.sequence]
                if let known, known != entry { throw StoreError.journalConflict(run: entry.runID, sequence: entry.sequence) }
                newEntries[entry.runID, default: [:]][entry.sequence] = entry
            case .putPlaybook(let playbook):
                let known = newRevisions[playbook.slug]?[playbook.revision] ?? playbooks[playbook.slug]?[playbook.revision]
                if let known, known != playbook { throw StoreError.revisionConflict(playbook.slug, playbook.revision) }
                newRevisions[playbook.slug, default: [:]][playbook.revision] = playbook
            default: break
            }
        }
    }

    private mutating func apply(_ operation: StoreOperation) {
        switch operation {
        case .putIncident(let incident): put(incident)
        case .addAnomaly(let anomaly, let incident): add(anomaly, to: incident)
        case .putRun(let run): put(run)
        case .endRun(let id, let ending): if let run = runs[id] { put(run.ended(ending)) }
        case .undoRun(let id, let undone): if let run = runs[id], !run.status.isFinal { put(run.undone(undone)) }
        case .appendJournal(let entry): journals[entry.runID, default: [:]][entry.sequence] = entry
        case .putEffect(let effect): put(effect)
        case .putSourceState(let source, let state): sourceStates[source] = state
        case .putPlaybook(let playbook): playbooks[playbook.slug, default: [:]][playbook.revision] = playbook
        case .putOutboxItem(let item): outbox.put(item)
        case .putRequest(let request): requests[request.id] = request
        case .putAllowlistEntry(let entry): allowlistEntries[ExactText(entry.id)] = entry
        case .putGuardState(let name, let state): guardStates[name] = state
        case .putApproval(let approval): put(approval)
        case .putShadowEffect(let effect): put(effect)
        }
    }

    private mutating func add(_ anomaly: Anomaly, to incident: IncidentID) {
        guard anomalies[anomaly.id] == nil else { return }
        anomalies[anomaly.id] = anomaly
        anomaliesOfIncident[incident, default: []].append(anomaly.id)
    }

    private mutating func put(_ run: PlaybookRun) {
        if let old = runs.updateValue(run, forKey: run.id) { runsOfIncident[old.incidentID]?.remove(run.id) }
        runsOfIncident[run.incidentID, default: []].insert(run.id)
        if run.status.isFinal { unfinished.remove(run.id) } else { unfinished.insert(run.id) }
    }

    /// What is newer stays.
    private mutating func put(_ incident: Incident) {
        if let known = incidents[incident.id], known.version > incident.version { return }
        incidents[incident.id] = incident
    }

    private mutating func put(_ effect: ShadowEffect) {
        if let known = shadowEffects[effect.id], known.version > effect.version { return }
        shadowEffects[effect.id] = effect
    }

    private mutating func put(_ approval: Approval) {
        if let known = approvals[approval.id], known.version > approval.version { return }
        approvals[approval.id] = approval
    }

    private mutating func put(_ effect: Effect) {
        if let known = effects[effect.id], known.version > effect.version { return }
        if let old = effects.updateValue(effect, forKey: effect.id) {
            effectsOfIncident[old.incidentID]?.remove(effect.id)
            effectsInState[old.state]?.remove(effect.id)
        }
        effectsOfIncident[effect.incidentID, default: []].insert(effect.id)
        effectsInState[effect.state, default: []].insert(effect.id)
    }
}

/// Text that is equal only where its bytes are: two accounts whose names merely look alike stay two.
struct ExactText: Sendable, Hashable {
    private let bytes: [UInt8]
    init(_ text: String) { bytes = Array(text.utf8) }
}

/// Who writes as the engine, as a value: the rules of ``IncidentStore/acquireLease(holder:until:now:)``.
struct LeaseState: Sendable {
    private(set) var current: Lease?
    /// The highest fence ever given out.
    private var lastFence: Int64 = 0

    mutating func acquire(holder: String, until: Timestamp, now: Timestamp) -> Fence? {
        if let lease = current {
            if lease.holder == holder {
                current?.until = until
                return lease.fence
            }
            guard lease.until <= now else { return nil }
        }
        lastFence += 1
        let fence = Fence(lastFence)
        current = Lease(holder: holder, until: until, fence: fence)
        return fence
    }

    mutating func release(_ fence: Fence) {
        if current?.fence == fence { current = nil }
    }

    func check(_ fence: Fence?) throws {
        guard let fence, fence != current?.fence else { return }
        throw StoreError.lostLease(fence, to: current)
    }
}
