/// What one ingest commit holds: the anomalies, the incidents they open or join, the runs they start. Pure: made from the
/// open incidents, the playbooks and the effects in force.
struct IngestPlan: Sendable {
    private(set) var anomalies: [(anomaly: Anomaly, incident: IncidentID)] = []
    private(set) var runs: [PlaybookRun] = []
    /// The incidents of the book that it touches, as they were.
    var before: [Incident] = []
    /// What this plan has touched, laid over what there was.
    private var touched: [IncidentID: Incident] = [:]
    /// The same by source; made with the first anomaly.
    private var overlay: IncidentIndex?
    private var seen: Set<AnomalyID> = []
    private var answers: [AnswersKey: Answers] = [:]
    private let playbooks: [RevisionedPlaybook]
    private let now: Timestamp

    /// - Parameter playbooks: those that may start by themselves, in any order; empty where automatic answers are off.
    init(playbooks: [RevisionedPlaybook], now: Timestamp) {
        self.playbooks = playbooks.filter { $0.playbook.isEnabled && $0.playbook.mode != .off }
            .sorted { (-$0.playbook.priority, $0.playbook.slug) < (-$1.playbook.priority, $1.playbook.slug) }
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

    /// Takes one anomaly in; one that is known already changes nothing.
    ///
    /// - Parameter holds: whether an effect of this incident holds this target now.
    mutating func add(_ anomaly: Anomaly, _ index: IncidentIndex, holds: (IncidentID, Target) -> Bool) {
        guard !index.knows(anomaly.id), seen.insert(anomaly.id).inserted else { return }
        var incident = self.incident(for: anomaly, index) ?? Incident(opening: anomaly, at: now)
        incident.join(anomaly, at: now)
        touched[incident.id] = incident
        overlay?.put(incident)
        anomalies.append((anomaly, incident.id))
        for revisioned in playbooks where revisioned.playbook.matches(anomaly) {
            let playbook = revisioned.playbook
            let key = AnswersKey(incident: incident.id, playbook: playbook.slug, mode: playbook.mode)
            let earlier = [index.answers[key], answers[key]].compactMap(\.self)
            guard needsAnswer(anomaly, earlier, holds) else { continue }
            let episode = earlier.reduce(1) { $0 + $1.episodes(of: anomaly.targets) }
            let run = PlaybookRun(answering: anomaly, in: incident, with: revisioned, episode: episode, at: now)
            runs.append(run)
            answers[key, default: Answers()].put(run)
        }
    }

    /// Of several the oldest.
    private mutating func incident(for anomaly: Anomaly, _ index: IncidentIndex) -> Incident? {
        let overlay = self.overlay ?? IncidentIndex(joinWindow: index.joinWindow)
        if self.overlay == nil { self.overlay = overlay }
        let older = index.candidates(for: anomaly).map { touched[$0.id] ?? $0 }
        return (older + overlay.candidates(for: anomaly)).min { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) }
    }

    /// Whether somebody in the anomaly is not answered for yet, or not at this severity, or no longer.
    private func needsAnswer(_ anomaly: Anomaly, _ earlier: [Answers], _ holds: (IncidentID, Target) -> Bool) -> Bool {
        let targets = anomaly.targets.all.isEmpty ? [nil] : anomaly.targets.all.map(Optional.some)
        return targets.contains { target in !earlier.contains { $0.cover(target, anomaly.severity, at: now, holds) } }
    }
}
