extension Incident {
    /// The incident that an anomaly opens.
    init(opening anomaly: Anomaly, at now: Timestamp) {
        self.init(
            id: IncidentID(openedBy: anomaly.id), title: anomaly.summary, severity: anomaly.severity,
            targets: TargetSet(), openedAt: now, firstEventAt: anomaly.first, lastEventAt: anomaly.last)
    }

    /// Whether an anomaly of the same source is near enough in time to join.
    func takes(_ anomaly: Anomaly, within joinWindow: Duration) -> Bool {
        anomaly.first <= lastEventAt + joinWindow && anomaly.last + joinWindow >= firstEventAt
    }

    /// Takes an anomaly in.
    mutating func join(_ anomaly: Anomaly, at now: Timestamp) {
        if anomaly.severity > severity {
            severity = anomaly.severity
            title = anomaly.summary
        }
        targets.formUnion(anomaly.targets)
        sources.appendNew(anomaly.sources)
        detectors.appendNew([anomaly.detector])
        firstEventAt = min(firstEventAt, anomaly.first)
        lastEventAt = max(lastEventAt, anomaly.last)
        lastActivityAt = max(lastActivityAt, now)
        anomalyCount += 1
        eventCount = max(eventCount, anomaly.count)
        version += 1
    }
}

extension IncidentID {
    /// Made from the anomaly's, so the same input opens the same incident.
    init(openedBy anomaly: AnomalyID) { self.init("inc-" + StableHash.id([anomaly.rawValue], length: 10)) }
}

extension TargetSet {
    /// Adds what is not there yet, behind what is.
    mutating func formUnion(_ other: TargetSet) {
        addresses.appendNew(other.addresses)
        users.appendNew(other.users)
        sessions.appendNew(other.sessions)
    }
}

extension Array where Element: Equatable {
    /// Appends those that are not there yet. Few come to many: no set of the many is worth making.
    fileprivate mutating func appendNew(_ others: [Element]) {
        for other in others where !contains(other) { append(other) }
    }
}
