extension InMemoryRecords {
    func incidents(_ query: IncidentQuery) -> [Incident] {
        let found = incidents.values.filter(query.matches).sorted { a, b in
            a.lastActivityAt != b.lastActivityAt ? a.lastActivityAt > b.lastActivityAt : a.id > b.id
        }
        guard let limit = query.limit else { return found }
        return Array(found.prefix(max(limit, 0)))
    }

    func anomalies(of incident: IncidentID) -> [Anomaly] {
        byEventTime((anomaliesOfIncident[incident] ?? []).compactMap { anomalies[$0] })
    }

    func anomalies(after time: Timestamp) -> [Anomaly] { byEventTime(anomalies.values.filter { $0.last > time }) }

    private func byEventTime(_ found: [Anomaly]) -> [Anomaly] {
        found.sorted { a, b in a.last != b.last ? a.last < b.last : a.id < b.id }
    }

    func runs(of incident: IncidentID) -> [PlaybookRun] { byCreation((runsOfIncident[incident] ?? []).compactMap { runs[$0] }) }

    func unfinishedRuns() -> [PlaybookRun] { byCreation(unfinished.compactMap { runs[$0] }) }

    private func byCreation(_ found: [PlaybookRun]) -> [PlaybookRun] {
        found.sorted { a, b in a.createdAt != b.createdAt ? a.createdAt < b.createdAt : a.id < b.id }
    }

    func journal(of run: RunID) -> [JournalEntry] { (journals[run] ?? [:]).values.sorted { $0.sequence < $1.sequence } }

    func effects(_ query: EffectQuery) -> [Effect] {
        candidates(query).compactMap { effects[$0] }.filter(query.matches).sorted { a, b in
            a.createdAt != b.createdAt ? a.createdAt < b.createdAt : a.id < b.id
        }
    }

    /// The smallest index that holds every answer.
    private func candidates(_ query: EffectQuery) -> Set<EffectID> {
        if let incident = query.incident { return effectsOfIncident[incident] ?? [] }
        guard !query.states.isEmpty else { return Set(effects.keys) }
        return query.states.reduce(into: []) { found, state in found.formUnion(effectsInState[state] ?? []) }
    }

    func latestPlaybooks() -> [StoredPlaybook] {
        playbooks.values.compactMap { $0.values.max { $0.revision < $1.revision } }.sorted { $0.slug < $1.slug }
    }

    func revisions(of slug: PlaybookSlug) -> [StoredPlaybook] {
        (playbooks[slug] ?? [:]).values.sorted { $0.revision < $1.revision }
    }

    func allowlist() -> [AllowlistEntry] {
        allowlistEntries.values.sorted { a, b in a.createdAt != b.createdAt ? a.createdAt < b.createdAt : a.id < b.id }
    }

    func shadowEffects(since time: Timestamp) -> [ShadowEffect] {
        shadowEffects.values.filter { $0.lastAt >= time }.sorted { ($0.lastAt, $0.id) < ($1.lastAt, $1.id) }
    }

    func approvals(_ query: ApprovalQuery) -> [Approval] {
        let found = approvals.values.filter { query.states.isEmpty || query.states.contains($0.state) }.sorted { a, b in
            a.requestedAt != b.requestedAt ? a.requestedAt > b.requestedAt : a.id > b.id
        }
        guard let limit = query.limit else { return found }
        return Array(found.prefix(max(limit, 0)))
    }

    func openRequests() -> [ControlRequest] {
        requests.values.filter { $0.answeredAt == nil }.sorted { a, b in
            a.createdAt != b.createdAt ? a.createdAt < b.createdAt : a.id < b.id
        }
    }
}

extension IncidentQuery {
    /// Whether `incident` is among what this asks for, ``limit`` aside.
    public func matches(_ incident: Incident) -> Bool {
        (statuses.isEmpty || statuses.contains(incident.status)) && since.map { incident.lastActivityAt >= $0 } ?? true
            && before.map { incident.lastActivityAt < $0 } ?? true && target.map { incident.targets.touches($0) } ?? true
    }
}

extension EffectQuery {
    /// Whether `effect` is among what this asks for.
    public func matches(_ effect: Effect) -> Bool {
        (states.isEmpty || states.contains(effect.state)) && incident.map { effect.incidentID == $0 } ?? true
            && run.map { effect.runID == $0 } ?? true && target.map { effect.target == $0 } ?? true
            && createdSince.map { effect.createdAt >= $0 } ?? true
    }
}

extension TargetSet {
    /// Whether `target` is one of these; an address or network also where it shares an address with one of these.
    func touches(_ target: Target) -> Bool {
        guard case .address(let range) = target else { return contains(target) }
        return addresses.contains { $0.overlaps(range) }
    }
}
