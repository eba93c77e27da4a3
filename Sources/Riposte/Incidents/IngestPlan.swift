/// What one ingest commit holds: the anomalies, the incidents they open or join, the runs they start. Pure: made from the
/// open incidents, the playbooks and the effects in force.
struct IngestPlan: Sendable {
    private(set) var anomalies: [(anomaly: Anomaly, incident: IncidentID)] = []
    private(set) var runs: [PlaybookRun] = []
    private var touched: [IncidentID: Incident] = [:]
    private var index: IncidentIndex
    private let playbooks: [Playbook]
    /// Effects that are open now.
    private let effects: [Effect]
    private let now: Timestamp

    /// - Parameter playbooks: those that may start by themselves, in any order; empty where automatic answers are off.
    init(index: IncidentIndex, playbooks: [Playbook], effects: [Effect], now: Timestamp) {
        self.index = index
        self.playbooks = playbooks.filter { $0.isEnabled && $0.mode != .off }.sorted { (-$0.priority, $0.slug) < (-$1.priority, $1.slug) }
        self.effects = effects
        self.now = now
    }

    var incidents: [Incident] { touched.values.sorted { $0.id < $1.id } }

    /// The batch to commit.
    var batch: WriteBatch {
        var batch = WriteBatch(incidents.map(StoreOperation.putIncident))
        batch.operations += anomalies.map { .addAnomaly($0.anomaly, to: $0.incident) }
        batch.operations += runs.map(StoreOperation.putRun)
        return batch
    }

    mutating func add(_ anomaly: Anomaly) {
        var incident = index.incident(for: anomaly) ?? Incident(opening: anomaly, at: now)
        incident.join(anomaly, at: now)
        index.put(incident)
        touched[incident.id] = incident
        anomalies.append((anomaly, incident.id))
        for playbook in playbooks where playbook.matches(anomaly) {
            let earlier = index.runs[incident.id, default: []].filter { $0.playbook.slug == playbook.slug && $0.mode == playbook.mode }
            guard needsAnswer(anomaly, playbook, earlier) else { continue }
            let run = PlaybookRun(answering: anomaly, in: incident, with: playbook, earlier: earlier, at: now)
            index.put(run)
            runs.append(run)
        }
    }

    /// Whether somebody in the anomaly is not answered for yet, or not at this severity, or no longer.
    private func needsAnswer(_ anomaly: Anomaly, _ playbook: Playbook, _ earlier: [PlaybookRun]) -> Bool {
        let targets = anomaly.targets.all
        guard !targets.isEmpty else { return !earlier.contains { $0.severity >= anomaly.severity && stands($0, for: nil) } }
        return targets.contains { target in
            !earlier.contains { $0.targets.contains(target) && $0.severity >= anomaly.severity && stands($0, for: target) }
        }
    }

    /// Whether an earlier run still stands for `target`: while it runs, while an effect of its incident holds the target,
    /// and where it contained nothing for the playbook's cooldown. No cooldown outlasts the effect it stands for.
    private func stands(_ run: PlaybookRun, for target: Target?) -> Bool {
        guard run.status.isFinal else { return true }
        let isContained = target.map(run.contained.contains) ?? !run.contained.isEmpty
        guard isContained else { return now < run.createdAt + run.playbook.cooldown }
        return effects.contains { effect in
            effect.incidentID == run.incidentID && effect.state == .active && (effect.expiresAt.map { $0 > now } ?? true)
                && (target == nil || effect.target == target)
        }
    }
}
