extension IncidentReport {
    /// The report as a person reads it in a terminal. What came from events is printable ASCII or escaped: a user name can
    /// hold anything, an escape sequence too.
    public var text: String {
        var lines = head
        lines += ["", "Findings"] + anomalies.map(Self.line)
        if anomalies.isEmpty { lines.append("  none: it was opened by hand") }
        for record in runs { lines += [""] + Self.lines(of: record) }
        lines += ["", "In force"] + inForce
        lines +=
            ["", "Timeline"] + timeline.map { "  \(Self.clock($0.at))  \($0.text)" + ($0.actor == "riposte" ? "" : "  [\($0.actor)]") }
        return lines.map(TerminalText.safe).joined(separator: "\n")
    }

    /// The same without findings and timeline: who, what was done, what is in force.
    public var summaryText: String {
        var lines = head
        for record in runs { lines += [""] + Self.lines(of: record) }
        lines += ["", "In force"] + inForce
        return lines.map(TerminalText.safe).joined(separator: "\n")
    }

    private var head: [String] {
        var lines = ["\(incident.id)  \(incident.title)"]
        lines.append("  severity   \(incident.severity)     status  \(incident.status.rawValue)")
        if let opener = incident.openedBy {
            let reason = incident.reason.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
            lines.append("  opened by  \(opener)\(reason)")
        }
        if !incident.targets.addresses.isEmpty { lines.append("  from       " + Self.list(incident.targets.addresses.map(\.description))) }
        if !incident.targets.users.isEmpty { lines.append("  accounts   " + Self.list(incident.targets.users)) }
        if !incident.targets.sessions.isEmpty { lines.append("  sessions   " + Self.list(incident.targets.sessions)) }
        lines.append("  events     \(incident.firstEventAt.toTheSecond) to \(incident.lastEventAt.toTheSecond)")
        lines.append("  detected   \(incident.openedAt.toTheSecond), \(Self.text(incident.timeToDetect)) after the first event")
        lines.append(
            "  taken up   "
                + (incident.acknowledgement.map {
                    "\($0.at.toTheSecond), \(Self.text(incident.timeToAcknowledge ?? .zero)) after detection, by \($0.actor)"
                } ?? "not yet"))
        lines.append(
            "  contained  "
                + (incident.containedAt.map { "\($0.toTheSecond), \(Self.text(incident.timeToContain ?? .zero)) after detection" }
                    ?? (incident.breachedAt.map { "no: what was in force kept nobody away, seen \($0.toTheSecond)" } ?? "not yet")))
        if let time = incident.timeToResolve { lines.append("  resolved   \(Self.text(time)) after detection") }
        for (name, text) in [
            ("assigned", incident.assignee), ("verdict ", incident.verdict?.ocsfName), ("cause   ", incident.cause),
            ("lessons ", incident.lessons),
        ] {
            if let text { lines.append("  \(name)   \(text)") }
        }
        return lines
    }

    private var inForce: [String] {
        let open = effects.filter { $0.state.isOpen && $0.condition(at: asOf) != "run out" }
        guard !open.isEmpty else { return ["  nothing"] }
        return open.map { effect in
            let words = [effect.state == .active ? nil : effect.state.rawValue].compactMap(\.self) + effect.remarks
            let state = words.isEmpty ? "" : "  (\(words.joined(separator: "; ")))"
            return "  \(effect.inForceText), by \(effect.playbook)\(state)"
        }
    }

    private static func line(_ anomaly: Anomaly) -> String {
        "  \(anomaly.severity)  \(anomaly.detector)  \(anomaly.summary)  (\(anomaly.count) events, \(anomaly.first.toTheSecond) to \(anomaly.last.toTheSecond))"
    }

    static func lines(of record: RunRecord) -> [String] {
        let run = record.run
        let mode = run.mode == .shadow ? ", shadow: nothing was touched" : ""
        let status = run.waitingFor.map { "waits for people (\($0))" } ?? run.status.rawValue
        return ["Answer: \(run.playbook.slug)  \(status)\(mode)  (\(run.id), revision \(run.revision))"]
            + record.results.map { path, action, outcome in
                let target = path.target.map { " \($0)" } ?? ""
                let attempts = outcome.attempt > 1 ? " (attempt \(outcome.attempt))" : ""
                return "  \(outcome.kind.mark) \(action)\(target): \(outcome.message)\(attempts)"
            }
    }

    private static func list(_ items: [String]) -> String {
        items.count <= 8 ? items.joined(separator: ", ") : items.prefix(8).joined(separator: ", ") + " and \(items.count - 8) more"
    }

    /// `12.3 s`, `450 ms`, `2m5s`.
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration.microseconds / 1000
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        return DurationText.format(.seconds(milliseconds / 1000))
    }

    /// The time of day of a time stamp, to the millisecond.
    private static func clock(_ time: Timestamp) -> String {
        let text = Timestamp(microseconds: time.microseconds - time.microseconds % 1000).description
        let parts = text.dropLast().split(separator: "T")
        guard parts.count == 2 else { return text }
        let fraction = parts[1].split(separator: ".")
        return fraction[0] + "." + ((fraction.count > 1 ? String(fraction[1]) : "") + "000").prefix(3)
    }
}

extension StepOutcome.Kind {
    /// One letter that stands before a result; colour is never the only sign.
    var mark: String {
        switch self {
        case .succeeded: "+"
        case .unchanged, .passedOver: "="
        case .failed, .refused, .denied, .undone: "!"
        case .previewed, .waiting: "~"
        }
    }
}

/// Text on its way to a terminal.
public enum TerminalText {
    /// The same text with every control character and every character that changes direction written as `\u{…}`.
    public static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return text.unicodeScalars.reduce(into: "") { safe, scalar in
            if isUnsafe(scalar) {
                safe += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
    }

    /// The same for JSON text on its way to a terminal or a log: JSON itself leaves C1 control characters, line separators and
    /// characters that change direction as they are. It stays the same JSON; line ends between its values are kept.
    public static func safeJSON(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return text.unicodeScalars.reduce(into: "") { safe, scalar in
            guard isUnsafe(scalar), scalar != "\n" else {
                safe.unicodeScalars.append(scalar)
                return
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                safe += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }
}
