/// What came of resolving an incident.
public struct ResolutionReport: Sendable {
    /// How the incident stands now.
    public var change: IncidentResponder.LifecycleChange
    /// What was taken back of a false positive.
    public var undo: UndoReport?
    /// The targets of a false positive that are left alone for a while.
    public var allowed: [AllowlistEntry] = []

    /// As a person reads it.
    var text: String? {
        guard let undo else { return nil }
        var lines = ["\(change.incident.id) is a false positive" + (change.isNew ? "" : ", and was over already"), undo.text]
        if let until = allowed.first?.expiresAt {
            let shown = allowed.prefix(5).map(\.target.description) + (allowed.count > 5 ? ["\(allowed.count - 5) more"] : [])
            lines.append("left alone until \(until.toTheSecond): " + shown.joined(separator: ", "))
        }
        let detectors = change.incident.detectors.map(\.rawValue)
        if !detectors.isEmpty { lines.append("counted against " + detectors.joined(separator: ", ") + " and the playbooks that answered") }
        return lines.map { $0.split(separator: "\n").map { TerminalText.safe(String($0)) }.joined(separator: "\n") }.joined(separator: "\n")
    }
}
