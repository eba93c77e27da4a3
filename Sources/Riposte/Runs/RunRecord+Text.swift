extension IncidentReport.RunRecord {
    /// As a person reads it in a terminal: what started it, each step's result, what it has in force.
    public func text(effects: [Effect], now: Timestamp) -> String {
        var lines = IncidentReport.lines(of: self)
        lines.insert("  \(trigger), begun \(run.createdAt.toTheSecond)" + (run.endedAt.map { ", ended \($0.toTheSecond)" } ?? ""), at: 1)
        lines.insert("  incident   \(run.incidentID)", at: 2)
        if !run.targets.isEmpty { lines.insert("  targets    " + run.targets.all.map(\.description).joined(separator: ", "), at: 3) }
        lines += ["", "Effects"]
        lines += effects.map { effect in
            let until = effect.expiresAt.map { "until \($0.toTheSecond)" } ?? "for good"
            return "  \(effect.id)  \(effect.kind) on \(effect.target) \(until): \(effect.condition(at: now))"
                + (effect.note.map { ", \($0)" } ?? "")
        }
        if effects.isEmpty { lines.append("  none") }
        return lines.map(TerminalText.safe).joined(separator: "\n")
    }

    private var trigger: String {
        switch run.trigger {
        case .anomaly(let anomaly): "answers    \(anomaly.id)  \(anomaly.severity) \(anomaly.detector): \(anomaly.summary)"
        case .manual(let actor, let reason): "asked by   \(actor)" + (reason.isEmpty ? "" : ": \(reason)")
        }
    }
}
