/// Open incidents by what they can be joined by. A value: an ingest plans on a copy.
struct IncidentIndex: Sendable {
    let joinWindow: Duration
    /// Incidents that were let go of to make room, since the start. While it is 0 all that is open is here.
    var evictions = 0
    /// No anomaly that opened an incident which is not here is later than this, so that a later one has opened none yet.
    private(set) var horizon: Timestamp = .distantFuture
    /// Incidents that somebody works on, and which runs do: they are not let go of.
    private var pins: [IncidentID: Set<RunID>] = [:]
    private(set) var incidents: [IncidentID: Incident] = [:]
    private(set) var answers: [AnswersKey: Answers] = [:]
    private var answered: [IncidentID: Set<AnswersKey>] = [:]
    /// Anomalies of open incidents: one that is found again changes nothing.
    private var anomalies: [IncidentID: Set<AnomalyID>] = [:]
    private var known: Set<AnomalyID> = []
    private var bySource: [AddressRange: Set<IncidentID>] = [:]
    /// Sources that are networks: few, and looked through one by one.
    private var networks: Set<AddressRange> = []

    init(joinWindow: Duration) { self.joinWindow = joinWindow }

    /// Whether only the store can tell if this anomaly has opened the incident before.
    func mayHaveOpened(_ incident: IncidentID, _ anomaly: Anomaly) -> Bool {
        anomaly.first <= horizon && !knows(anomaly.id) && incidents[incident] == nil
    }

    /// All that the store has is no later than this.
    mutating func begin(at horizon: Timestamp) { self.horizon = horizon }

    /// The incidents that an anomaly may join: those that share a source with it and saw their last event within the join
    /// window of its first. Never by way of an account alone.
    func candidates(for anomaly: Anomaly) -> [Incident] {
        var ids: Set<IncidentID> = []
        for source in anomaly.sources {
            ids.formUnion(bySource[source] ?? [])
            if source.isWiderThanAttacker {
                for (other, found) in bySource where other.overlaps(source) { ids.formUnion(found) }
            }
            for network in networks where network.overlaps(source) { ids.formUnion(bySource[network] ?? []) }
        }
        return ids.compactMap { incidents[$0] }
            .filter { $0.takes(anomaly, within: joinWindow) }
    }

    /// Puts an incident in or, where it is newer than the one there, in its place.
    mutating func put(_ incident: Incident) {
        let known = incidents[incident.id]
        if let known, known.version > incident.version { return }
        incidents[incident.id] = incident
        // An incident's sources only ever grow at their end.
        for source in incident.sources.dropFirst(known?.sources.count ?? 0) {
            bySource[source, default: []].insert(incident.id)
            if source.isWiderThanAttacker { networks.insert(source) }
        }
    }

    func knows(_ anomaly: AnomalyID) -> Bool { known.contains(anomaly) }

    mutating func put(_ anomaly: AnomalyID, in incident: IncidentID) {
        if known.insert(anomaly).inserted { anomalies[incident, default: []].insert(anomaly) }
    }

    mutating func put(_ run: PlaybookRun) {
        guard incidents[run.incidentID] != nil else { return }
        answers[run.answersKey, default: Answers()].put(run)
        answered[run.incidentID, default: []].insert(run.answersKey)
    }

    mutating func withdraw(_ plan: IngestPlan) {
        for run in plan.runs { answers[run.answersKey] = answers[run.answersKey]?.without(run.id) }
        for (anomaly, incident) in plan.anomalies {
            known.remove(anomaly.id)
            anomalies[incident]?.remove(anomaly.id)
        }
        let before = Dictionary(plan.before.map { ($0.id, $0) }) { _, last in last }
        for incident in plan.incidents where incidents[incident.id]?.version == incident.version {
            guard let earlier = before[incident.id] else {
                remove(incident.id)
                continue
            }
            unlink(incident)
            put(earlier)
        }
    }

    mutating func remove(_ id: IncidentID) {
        guard let incident = incidents[id] else { return }
        for key in answered.removeValue(forKey: id) ?? [] { answers[key] = nil }
        known.subtract(anomalies.removeValue(forKey: id) ?? [])
        unlink(incident)
    }

    mutating func pin(_ incident: IncidentID, for run: RunID) { pins[incident, default: []].insert(run) }

    mutating func unpin(_ incident: IncidentID, for run: RunID) {
        pins[incident]?.remove(run)
        if pins[incident]?.isEmpty == true { pins[incident] = nil }
    }

    /// Lets go of those that have been quiet the longest, a tenth at a time; the store keeps them.
    mutating func makeRoom(_ limit: Int) {
        guard incidents.count > limit else { return }
        let order = incidents.values.filter { pins[$0.id] == nil }.sorted { ($0.lastActivityAt, $0.id) < ($1.lastActivityAt, $1.id) }
        for incident in order.prefix(incidents.count - limit + limit / 10) {
            remove(incident.id)
            evictions += 1
        }
    }

    /// Takes an incident out, and leaves what belongs to it.
    private mutating func unlink(_ incident: Incident) {
        let id = incident.id
        horizon = max(horizon, incident.lastEventAt)
        incidents[id] = nil
        for source in incident.sources {
            bySource[source]?.remove(id)
            if bySource[source]?.isEmpty == true {
                bySource[source] = nil
                networks.remove(source)
            }
        }
    }
}
