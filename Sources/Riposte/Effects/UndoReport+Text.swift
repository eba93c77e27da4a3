extension UndoReport {
    /// As a person reads it in a terminal, a line for each effect.
    public var text: String {
        var texts = lines.map { "\($0.effect.kind) on \($0.effect.target): \(words($0))" }
        if !lines.contains(where: { $0.fate.isAffected || $0.fate == .over }) {
            let stays = lines.contains { $0.fate == .stays }
            texts.insert("nothing of \(scope.noun) is \(stays ? "left that can be taken back" : "in force any more")", at: 0)
        }
        texts += stopped.map { run in
            "\(run.run) of \(run.playbook): \(isPreview ? "would do" : "does") nothing more"
                + (run.approval.map { ", and nobody \(isPreview ? "would be" : "is") asked about it (\($0))" } ?? "")
        }
        for (action, count) in withoutUndo.sorted(by: { $0.key < $1.key }) {
            texts.append("\(action): cannot be taken back, it has no undo" + (count > 1 ? " (\(count) times)" : ""))
        }
        return texts.map(TerminalText.safe).joined(separator: "\n")
    }

    private func words(_ line: Line) -> String {
        verdict(line) + " (\(line.effect.id)\(end(line)))" + line.keptBy.map { "; \(Self.keeps($0))" }.joined()
    }

    private func end(_ line: Line) -> String {
        guard isPreview, line.fate.isAffected else { return "" }
        return line.effect.expiresAt.map { ", until \($0.toTheSecond)" } ?? ", for good"
    }

    private func verdict(_ line: Line) -> String {
        let (effect, note) = (line.effect, line.effect.note ?? "")
        return switch line.fate {
        case .takenBack: isPreview ? "would be taken back" : "taken back"
        case .triedAgain:
            isPreview ? "is being taken back already (\(note))" : "could not be taken back yet, and is tried again (\(note))"
        case .onceMade:
            "is being made at this moment, and \(isPreview ? "would be" : "is") taken back as soon as that is over"
        case .orphaned:
            "cannot be taken back while the action \(effect.action) is not registered, and \(isPreview ? "would be" : "is") as soon as it is"
        case .stays: "stays: it cannot be taken back"
        case .foreign: "stays: it was so before, and not by us"
        case .extended(let heir, let run): "stays, extended by \(heir) of \(run), which is not part of this"
        case .over: "over already, \(effect.state.rawValue)" + (note.isEmpty ? "" : ": \(note)")
        }
    }

    private static func keeps(_ effect: Effect) -> String {
        let until = effect.expiresAt.map { "until \($0.toTheSecond)" } ?? "for good"
        return "\(effect.target) keeps its \(effect.kind) \(until), wanted by \(effect.playbook) in \(effect.incidentID)"
    }
}
