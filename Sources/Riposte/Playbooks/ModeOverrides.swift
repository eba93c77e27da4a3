/// The modes that people have given to playbooks at run time, over what their files say. Kept in the store.
public struct ModeOverrides: Sendable, Hashable, Codable {
    /// One such word.
    public struct Entry: Sendable, Hashable, Codable {
        /// Whose mode it is.
        public var playbook: PlaybookSlug
        /// `nil` = again as it is written.
        public var mode: PlaybookMode?
        /// Who said so.
        public var actor: String
        /// Why; may be empty.
        public var reason: String
        /// When, by the engine's clock.
        public var at: Timestamp

        /// `by ann at 2026-11-20T12:00:00Z: drill`.
        public var sentence: String { "by \(actor) at \(at.toTheSecond)" + (reason.isEmpty ? "" : ": \(reason)") }
    }

    /// What was said, oldest first: for each playbook at least the last word, and at most 100 in all beside those.
    public private(set) var history: [Entry] = []
    static let limit = 100

    /// Creates overrides that say nothing.
    public init() {}

    /// What holds for a playbook; `nil` = what is written.
    public subscript(slug: PlaybookSlug) -> Entry? {
        history.last { $0.playbook == slug }.flatMap { $0.mode == nil ? nil : $0 }
    }

    /// All that hold.
    public var inForce: [Entry] { Set(history.map(\.playbook)).compactMap { self[$0] }.sorted { $0.playbook < $1.playbook } }

    mutating func add(_ entry: Entry) {
        history.append(entry)
        while history.count > Self.limit, let past = history.firstIndex(where: isPast) { history.remove(at: past) }
    }

    /// Whether a later one has taken its place.
    private func isPast(_ entry: Entry) -> Bool { history.last { $0.playbook == entry.playbook } != entry }
}

extension ModeOverrides {
    init?(_ json: JSONValue) {
        guard let overrides = RecordCoding.value(ModeOverrides.self, in: json) else { return nil }
        self = overrides
    }

    var json: JSONValue { RecordCoding.tree(of: self) }
}

extension Playbook {
    /// In the mode that people have given it, where they have.
    func overridden(by overrides: ModeOverrides) -> Playbook {
        guard let mode = overrides[slug]?.mode else { return self }
        var playbook = self
        playbook.mode = mode
        return playbook
    }
}
