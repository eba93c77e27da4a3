extension Notification {
    /// What those who were told of an incident are told further. The outbox gives it its id.
    init(_ kind: Kind, of incident: Incident, actor: String, note: String, inForce: [Effect], at now: Timestamp) {
        let word = kind == .acknowledged ? "Acknowledged" : "Resolved"
        let since = IncidentReport.text(max(now - incident.openedAt, .zero))
        var body = "\(word) by \(actor), \(since) after detection" + (note.isEmpty ? "." : ": \(note).")
        if kind == .resolved, !inForce.isEmpty {
            body += " Still in force: " + inForce.map(\.inForceText).joined(separator: "; ") + "."
        }
        self.init(
            id: "", kind: kind, incidentID: incident.id.rawValue, severity: incident.severity, title: "\(word): \(incident.title)",
            body: body + " Look further with: riposte incident show \(incident.id)", facts: [Fact(name: "\(kind)_by", value: actor)],
            createdAt: now, deduplicationKey: incident.id.rawValue)
    }

    /// What those who were told of an incident must know, whatever else they follow.
    init(ineffective effect: Effect, of incident: Incident, note: String, at now: Timestamp) {
        self.init(
            id: "", kind: .ineffective, incidentID: incident.id.rawValue, severity: incident.severity,
            title: "Ineffective: \(effect.kind) on \(effect.target)",
            body:
                "The incident is not contained: \(note). Something may stand in front that has to be told (a content network, a proxy), or "
                + "nothing carries decisions out. Look further with: riposte effect show \(effect.id)",
            facts: [Fact(name: "target", value: effect.target.description)], createdAt: now, deduplicationKey: incident.id.rawValue)
    }
}

extension Effect {
    /// `ban on 203.0.113.9 until 2026-11-20T13:00:00Z`.
    var inForceText: String { "\(kind) on \(target) " + (expiresAt.map { "until \($0.toTheSecond)" } ?? "for good") }
}
