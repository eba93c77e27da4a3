import Riposte

/// A status for people: the answer first, then why, then the parts.
struct StatusText {
    let report: StatusReport

    init(_ report: StatusReport) { self.report = report }

    var parts: [String] {
        [verdict, reasons, engine, sources, enforcers, channels].compactMap(\.self)
    }

    private var verdict: String { report.readiness.state == .notReady ? "not ready" : report.readiness.state.rawValue }

    private var reasons: String? {
        let lines = report.readiness.reasons.map { reason in
            "  " + TerminalText.safe("\(reason)") + (reason.since.map { " (for \(age($0)))" } ?? "")
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private var engine: String {
        var rows = [["store", report.store + (report.writtenAt.map { ", written \(age($0)) ago" } ?? "")]]
        rows.append(["held by", report.holder ?? "nobody"])
        if let startedAt = report.startedAt { rows.append(["running for", age(startedAt)]) }
        if let counts = report.counts {
            rows.append(["decisions", "\(counts.decisions) in force"])
            rows.append(["incidents", "\(counts.openIncidents) open" + evicted(counts)])
            rows.append(["runs", "\(counts.runs) in hand" + (counts.stalledRuns > 0 ? ", \(counts.stalledRuns) waiting to go on" : "")])
        }
        return Table.text(rows)
    }

    private func evicted(_ counts: IncidentResponder.Counts) -> String {
        counts.evictedIncidents > 0 ? " in memory; for \(counts.evictedIncidents) there was no room there, the store has them" : ""
    }

    private var sources: String? {
        table(
            ["SOURCE", "STATE", "LINES", "NOT UNDERSTOOD", "BEHIND", "LAST READ", "DETAIL"],
            report.sources.map {
                [
                    $0.name.rawValue, $0.state, "\($0.lines)", "\($0.rejectedLines)", "\($0.lagBytes) B",
                    $0.lastEvent.map { "\(age($0)) ago" } ?? "never", $0.detail ?? "",
                ]
            })
    }

    private var enforcers: String? {
        table(
            ["ENFORCER", "STATE", "LAST COMPARED", "DETAIL"],
            report.enforcers.map { enforcer in
                let compared = enforcer.comparedAt.map { "\(age($0)) ago, with \(enforcer.decisions) decisions" } ?? "not yet"
                return [enforcer.name.rawValue, enforcer.state.rawValue, compared, enforcer.error ?? lastDrift(enforcer) ?? ""]
            })
    }

    private func lastDrift(_ enforcer: EnforcerStatus) -> String? {
        guard let drift = enforcer.drift, let time = enforcer.driftedAt else { return nil }
        return "put right \(age(time)) ago: \(drift)"
    }

    private var channels: String? {
        table(
            ["CHANNEL", "DELIVERED", "GIVEN UP", "DETAIL"],
            report.channels.map { [$0.name.rawValue, "\($0.delivered)", "\($0.givenUp)", ($0.error ?? "") + rest($0)] })
    }

    private func rest(_ channel: ChannelHealth) -> String {
        channel.restEnd(at: report.at).map { "; rests until \($0.toTheSecond)" } ?? ""
    }

    private func table(_ heading: [String], _ rows: [[String]]) -> String? {
        rows.isEmpty ? nil : "\n" + Table.text([heading] + rows)
    }

    /// `12s`, as seen when the report was made.
    private func age(_ time: Timestamp) -> String { DurationText.format(.seconds(max((report.at - time).components.seconds, 0))) }
}
