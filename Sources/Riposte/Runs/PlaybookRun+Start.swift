extension PlaybookRun {
    /// The run that answers `anomaly`. Its id is made from incident, playbook, targets and episode.
    ///
    /// - Parameter episode: 1 for the playbook's first answer to these targets in the incident.
    init(answering anomaly: Anomaly, in incident: Incident, with revisioned: RevisionedPlaybook, episode: Int, at now: Timestamp) {
        let playbook = revisioned.playbook
        let key =
            [incident.id.rawValue, playbook.slug.rawValue, playbook.mode.rawValue] + anomaly.targets.all.map(\.description) + [
                String(episode)
            ]
        self.init(
            id: RunID("run-" + StableHash.id(key)), incidentID: incident.id, playbook: playbook, revision: revisioned.revision,
            targets: anomaly.targets, trigger: .anomaly(anomaly), severity: anomaly.severity, episode: episode, mode: playbook.mode,
            context: Self.context(incident, playbook, anomaly.targets).merging(["anomaly": Self.brief(anomaly)]) { _, new in new },
            createdAt: now)
    }

    /// A run that a person asks for.
    init(
        manual playbook: Playbook, in incident: Incident, targets: TargetSet, context: [String: JSONValue], actor: String, reason: String,
        episode: Int, at now: Timestamp
    ) {
        let key = [incident.id.rawValue, playbook.slug.rawValue, "manual", String(episode)]
        self.init(
            id: RunID("run-" + StableHash.id(key)), incidentID: incident.id, playbook: playbook, revision: playbook.revisionDigest,
            targets: targets, trigger: .manual(actor: actor, reason: reason), severity: incident.severity, episode: episode,
            mode: playbook.mode.byHand,
            context: Self.context(incident, playbook, targets).merging(context) { _, given in given }, createdAt: now)
    }

    /// What every run knows at its start. `ip` and `user` are the first of each; a step with a target sees its own.
    private static func context(_ incident: Incident, _ playbook: Playbook, _ targets: TargetSet) -> [String: JSONValue] {
        var context: [String: JSONValue] = [
            "incident": [
                "id": .string(incident.id.rawValue), "title": .string(incident.title), "severity": .string(incident.severity.name),
            ],
            "playbook": ["slug": .string(playbook.slug.rawValue), "name": .string(playbook.name)],
        ]
        if let address = targets.addresses.first { context["ip"] = address.contextValue }
        if let user = targets.users.first { context["user"] = .string(user) }
        if let session = targets.sessions.first { context["session"] = .string(session) }
        return context
    }

    /// An anomaly without its evidence.
    private static func brief(_ anomaly: Anomaly) -> JSONValue {
        [
            "id": .string(anomaly.id.rawValue), "detector": .string(anomaly.detector.rawValue), "severity": .string(anomaly.severity.name),
            "summary": .string(anomaly.summary), "count": .int(Int64(anomaly.count)), "first": anomaly.first.contextValue,
            "last": anomaly.last.contextValue, "addresses": anomaly.targets.addresses.contextValue,
            "users": anomaly.targets.users.contextValue,
        ]
    }
}
