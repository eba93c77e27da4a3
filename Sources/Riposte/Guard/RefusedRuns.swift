/// What people wanted to run while the kill switch was thrown, and was not run. Kept in the store, for “why?”.
struct RefusedRuns: Sendable, Hashable, Codable {
    /// One run that did not begin.
    struct Entry: Sendable, Hashable, Codable {
        var playbook: PlaybookSlug
        /// At most 20.
        var targets: [Target]
        var actor: String
        /// Why it was wanted; may be empty.
        var reason: String
        var at: Timestamp
        /// The pause that refused it.
        var pause: String
    }

    /// Oldest first; at most 100.
    private(set) var entries: [Entry] = []
    static let limit = 100

    init() {}

    init?(_ json: JSONValue) {
        guard let runs = RecordCoding.value(RefusedRuns.self, in: json) else { return nil }
        self = runs
    }

    var json: JSONValue { RecordCoding.tree(of: self) }

    mutating func add(_ entry: Entry) {
        entries.append(entry)
        entries.removeFirst(max(entries.count - Self.limit, 0))
    }
}

extension RefusedRuns.Entry {
    init(_ playbook: Playbook, on targets: TargetSet, actor: String, reason: String, at now: Timestamp, _ pause: Pause) {
        // A hundred of them are written with each: what people type has no limit.
        func brief(_ text: String) -> String { text.count > 500 ? text.prefix(499) + "…" : text }
        self.init(
            playbook: playbook.slug, targets: Array(targets.all.prefix(20)), actor: brief(actor), reason: brief(reason), at: now,
            pause: brief(pause.sentence))
    }

    /// `playbook containment, run by bob, was refused: paused since 2026-11-20T12:00:00Z by ann: drill`
    var sentence: String { "playbook \(playbook), run by \(actor)\(reason.isEmpty ? "" : " (\(reason))"), was refused: \(pause)" }
}
