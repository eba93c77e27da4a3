extension EffectReport {
    /// As a person reads it in a terminal: the effect, why it is there, and how it ends.
    public func text(now: Timestamp) -> String {
        (head(now) + ["", "Why it is there"] + reasons + ["", "How it ends"] + ending(now)).map(TerminalText.safe).joined(separator: "\n")
    }

    private func head(_ now: Timestamp) -> [String] {
        [
            "\(effect.id)  \(effect.kind) on \(effect.target)",
            "  state      \(effect.condition(at: now))" + (effect.activeSince.map { ", in force since \($0.toTheSecond)" } ?? ""),
            "  owner      \(effect.incidentID)" + (incident.map { "  \($0.severity) \($0.status.rawValue)  \($0.title)" } ?? ""),
        ]
    }

    private var reasons: [String] {
        var lines: [String] = []
        if let anomaly {
            lines.append("  events     \(anomaly.count), \(anomaly.first.toTheSecond) to \(anomaly.last.toTheSecond)")
            let shown = anomaly.evidence.prefix(3) + (anomaly.evidence.count > 3 ? [anomaly.evidence[anomaly.evidence.count - 1]] : [])
            lines += shown.map(Self.line)
            lines.append("  anomaly    \(anomaly.id)  \(anomaly.severity) \(anomaly.detector): \(anomaly.summary)")
        } else if case .manual(let actor, let reason)? = run?.run.trigger {
            lines.append("  asked by   \(actor)" + (reason.isEmpty ? "" : ": \(reason)"))
        }
        guard let run = run?.run else { return lines + ["  playbook   \(effect.playbook)"] }
        lines.append("  playbook   \(run.playbook.slug), revision \(run.revision)")
        lines.append("  run        \(run.id)  \(run.status.rawValue), begun \(run.createdAt.toTheSecond)")
        if let step {
            let parameters = step.parameters.isEmpty ? "" : "  \(JSONValue.object(step.parameters))"
            lines.append("  step       \(effect.step.index + 1) of \(run.playbook.steps.count): \(step.id)  (\(step.action))\(parameters)")
        }
        lines += attempts.map { "  attempt \($0.attempt)  \($0.endedAt.toTheSecond)  \($0.kind.sentence): \($0.message)" }
        return lines
    }

    private static func line(_ evidence: Evidence) -> String {
        let who = [evidence.address.map { "from \($0)" }, evidence.user.map { "as \($0)" }].compactMap(\.self).joined(separator: " ")
        return "             \(evidence.time.toTheSecond)  \(evidence.what) \(who)"
            + (evidence.count > 1 ? " (\(evidence.count) times)" : "")
    }

    private func ending(_ now: Timestamp) -> [String] {
        var lines: [String] = []
        if let until = effect.expiresAt {
            let left = effect.state.isOpen && until > now ? ", \(DurationText.format(.seconds((until - now).components.seconds))) left" : ""
            lines.append("  until      \(until.toTheSecond)\(left)")
        } else {
            lines.append("  until      for good, until somebody takes it back")
        }
        let inverse = effect.inverse == .null ? "" : "  \(effect.inverse)"
        lines.append("  inverse    \(effect.action): " + (undo ?? "this action is not registered") + inverse)
        for other in others {
            let until = other.expiresAt.map { "until \($0.toTheSecond)" } ?? "for good"
            lines.append("  also held  by \(other.id) \(until), wanted by \(other.playbook) in \(other.incidentID)")
        }
        lines += extended.map { "  took over  from \($0.id) of \($0.runID)" }
        if let ended = effect.endedAt { lines.append("  ended      \(ended.toTheSecond)") }
        lines += effect.remarks.map { "  note       \($0)" }
        if let actor = effect.undoneBy { lines.append("  taken back by \(actor)") }
        if effect.undoAttempts > 0 {
            let next = effect.state == .undoing ? effect.nextUndoAt.map { ", the next \($0.toTheSecond)" } ?? "" : ""
            lines.append("  failed     attempts to take it back: \(effect.undoAttempts)\(next)")
        }
        if effect.state.isOpen { lines.append("  to undo it: riposte effect undo \(effect.id)") }
        return lines
    }
}
