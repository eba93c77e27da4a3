internal import GRDB
internal import Riposte

extension PreparedStep {
    init(_ operation: StoreOperation) throws {
        switch operation {
        case .putIncident(let incident): self = try Self.incident(incident)
        case .addAnomaly(let anomaly, let incident): self = try Self.anomaly(anomaly, incident)
        case .putRun(let run): self = try Self.run(run)
        case .endRun(let run, let ending): self = try .endRun(KeyText(run), RecordCoding.text(of: ending), isFinal: ending.status.isFinal)
        case .undoRun(let run, let undone): self = try .undoRun(KeyText(run), RecordCoding.text(of: undone))
        case .appendJournal(let entry): self = try Self.journal(entry)
        case .putEffect(let effect): self = try Self.effect(effect)
        case .putSourceState(let source, let state): self = .put(try PreparedRow(.sourceStates, [KeyText(source)], state))
        case .putPlaybook(let playbook): self = try Self.playbook(playbook)
        case .putOutboxItem(let item): self = try Self.outboxItem(item)
        case .putRequest(let request): self = try Self.request(request)
        case .putAllowlistEntry(let entry):
            self = .put(try PreparedRow(.allowlist, [KeyText(entry.id), entry.createdAt.microseconds], entry))
        case .putGuardState(let name, let state): self = .put(try PreparedRow(.guardStates, [KeyText(name)], state))
        case .putApproval(let approval): self = try Self.approval(approval)
        case .putShadowEffect(let effect):
            self = .put(try PreparedRow(.shadowEffects, [KeyText(effect.id), effect.lastAt.microseconds], effect))
        }
    }

    private static func incident(_ incident: Incident) throws -> PreparedStep {
        let values: [(any DatabaseValueConvertible)?] = [
            KeyText(incident.id), incident.status.rawValue, incident.lastActivityAt.microseconds,
        ]
        return .putIncident(
            try PreparedRow(.incidents, values, incident), KeyText(incident.id), Set(incident.targets.all.map(TargetKey.init)))
    }

    private static func anomaly(_ anomaly: Anomaly, _ incident: IncidentID) throws -> PreparedStep {
        .add(try PreparedRow(.anomalies, [KeyText(anomaly.id), KeyText(incident), anomaly.last.microseconds], anomaly))
    }

    private static func run(_ run: PlaybookRun) throws -> PreparedStep {
        let values: [(any DatabaseValueConvertible)?] = [
            KeyText(run.id), KeyText(run.incidentID), run.status.isFinal, run.createdAt.microseconds,
        ]
        return .put(try PreparedRow(.runs, values, run))
    }

    private static func journal(_ entry: JournalEntry) throws -> PreparedStep {
        .fix(
            try PreparedRow(.journal, [KeyText(entry.runID), entry.sequence], entry),
            isSame: { (try? RecordCoding.decode(JournalEntry.self, from: $0)) == entry },
            conflict: .journalConflict(run: entry.runID, sequence: entry.sequence))
    }

    private static func playbook(_ playbook: StoredPlaybook) throws -> PreparedStep {
        .fix(
            try PreparedRow(.playbooks, [KeyText(playbook.slug), playbook.revision], playbook),
            isSame: { (try? RecordCoding.decode(StoredPlaybook.self, from: $0)) == playbook },
            conflict: .revisionConflict(playbook.slug, playbook.revision))
    }

    private static func effect(_ effect: Effect) throws -> PreparedStep {
        let values: [(any DatabaseValueConvertible)?] = [
            KeyText(effect.id), effect.state.rawValue, KeyText(effect.incidentID), KeyText(effect.runID),
            KeyText(effect.target.description), effect.createdAt.microseconds,
        ]
        return .put(try PreparedRow(.effects, values, effect))
    }

    private static func outboxItem(_ item: OutboxItem) throws -> PreparedStep {
        .putOutboxItem(
            try PreparedRow(.outbox, [KeyText(item.id)] + OutboxColumns.values(item), item), KeyText(item.channel),
            KeyText(item.notification.incidentID))
    }

    private static func approval(_ approval: Approval) throws -> PreparedStep {
        let values: [any DatabaseValueConvertible] = [
            KeyText(approval.id), approval.state.rawValue, approval.requestedAt.microseconds,
        ]
        return .put(try PreparedRow(.approvals, values, approval))
    }

    private static func request(_ request: ControlRequest) throws -> PreparedStep {
        let values: [(any DatabaseValueConvertible)?] = [
            KeyText(request.id), request.answeredAt == nil, request.createdAt.microseconds,
        ]
        return .put(try PreparedRow(.requests, values, request))
    }
}
