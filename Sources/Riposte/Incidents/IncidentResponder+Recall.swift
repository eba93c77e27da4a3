/// Of more open incidents than there is room for, memory has those that were active last and the store has all.
extension IncidentResponder {
    /// Brings an open incident back into memory, where it was let go of.
    func recall(_ id: IncidentID) async throws {
        guard engine.book.hasEvicted, engine.book.read({ $0.incidents[id] }) == nil else { return }
        if let incident = try await store.incident(id), !incident.status.isOver { try await takeUp(incident) }
    }

    /// The same for the incidents that these anomalies may join.
    func recall(joinedBy anomalies: [Anomaly]) async throws {
        guard engine.book.hasEvicted else { return }
        var sources: Set<AddressRange> = []
        for anomaly in anomalies {
            for source in anomaly.sources where sources.insert(source).inserted {
                let open = try await store.incidents(IncidentQuery(statuses: Incident.Status.live, target: .address(source)))
                for incident in open where incident.takes(anomaly, within: configuration.joinWindow) {
                    if engine.book.read({ $0.incidents[incident.id] }) == nil { try await takeUp(incident) }
                }
            }
        }
    }

    /// Open incidents that have been quiet for `period`, those in the store included. A page at a time.
    func quietIncidents(since period: Duration) async throws -> [IncidentID] {
        let now = clock.now()
        var quiet = engine.book.quiet(since: period, at: now)
        guard engine.book.hasEvicted else { return quiet }
        var before = now - period
        while true {
            let page = try await store.incidents(IncidentQuery(statuses: Incident.Status.live, before: before, limit: Self.page))
            quiet += page.map(\.id)
            guard page.count == Self.page, let last = page.last else { return quiet.uniqued() }
            before = last.lastActivityAt
        }
    }

    private static let page = 500

    /// What the store has of an open incident.
    func takeUp(_ incident: Incident) async throws {
        let runs = try await store.runs(of: incident.id)
        let anomalies = try await store.anomalies(of: incident.id).map { (id: $0.id, incident: incident.id) }
        engine.book.load([incident], runs: runs, anomalies: anomalies)
    }
}
