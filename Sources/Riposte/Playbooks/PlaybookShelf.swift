internal import Synchronization

/// The playbooks there are: from code and configuration, and from the store.
final class PlaybookShelf: Sendable {
    private struct State {
        var fixed: [LocatedPlaybook]
        var stored: [RevisionedPlaybook] = []
        /// What the store had when it was last read.
        var records: [StoredPlaybook] = []
        /// All, by slug, with their digests: made when they change, not for each anomaly.
        var revisioned: [RevisionedPlaybook] = []

        mutating func index() {
            revisioned = (fixed.map { RevisionedPlaybook($0.playbook) } + stored).sorted { $0.playbook.slug < $1.playbook.slug }
        }
        var setAside: [SetAsidePlaybook] = []
    }

    private let state: Mutex<State>

    init(_ fixed: [LocatedPlaybook]) {
        var state = State(fixed: fixed)
        state.index()
        self.state = Mutex(state)
    }

    var fixed: [LocatedPlaybook] { state.withLock { $0.fixed } }
    var revisioned: [RevisionedPlaybook] { state.withLock { $0.revisioned } }
    var all: [Playbook] { revisioned.map(\.playbook) }
    var setAside: [SetAsidePlaybook] { state.withLock { $0.setAside } }

    subscript(slug: PlaybookSlug) -> Playbook? { all.first { $0.slug == slug } }

    func replaceFixed(_ playbooks: [LocatedPlaybook]) {
        state.withLock { state in
            state.fixed = playbooks
            state.index()
        }
    }

    /// Looks again at what the store had: another action, or another file, may have made a playbook good or bad.
    func reload(_ linter: PlaybookLinter) { load(state.withLock(\.records), linter) }

    /// Takes over what the store has. One that no longer loads, or whose slug is taken by a file, is set aside and shown.
    func load(_ records: [StoredPlaybook], _ linter: PlaybookLinter) {
        let taken = Set(fixed.map(\.playbook.slug))
        var stored: [RevisionedPlaybook] = []
        var setAside: [SetAsidePlaybook] = []
        for record in records {
            let (located, readFindings) = PlaybookReader.readLocated(LocatedValue(record.definition), defaultSlug: record.slug.rawValue)
            var findings = readFindings + (located.map { linter.findings(for: [$0]) } ?? [])
            if taken.contains(record.slug) {
                findings.append(Finding(.error, "a playbook of the configuration has the slug “\(record.slug)”"))
            }
            if var playbook = located?.playbook, !findings.contains(where: { $0.level == .error }) {
                playbook.slug = record.slug
                playbook.isEnabled = record.isEnabled
                stored.append(RevisionedPlaybook(playbook, revision: "r\(record.revision)"))
            } else {
                setAside.append(SetAsidePlaybook(record: record, findings: findings))
            }
        }
        state.withLock { state in
            state.records = records
            state.stored = stored
            state.setAside = setAside
            state.index()
        }
    }
}

/// A playbook in the store that cannot be used, and why.
public struct SetAsidePlaybook: Sendable, Hashable {
    /// The revision in the store that cannot be used.
    public var record: StoredPlaybook
    /// What is wrong with it.
    public var findings: [Finding]
}

/// A playbook and which revision of it this is.
struct RevisionedPlaybook: Sendable {
    var playbook: Playbook
    /// A digest of the definition; for one from the store its revision number, `r3`.
    var revision: String

    init(_ playbook: Playbook, revision: String? = nil) {
        self.playbook = playbook
        self.revision = revision ?? playbook.revisionDigest
    }

    /// The same revision, in the mode that people have given it.
    func overridden(by overrides: ModeOverrides) -> RevisionedPlaybook {
        var overridden = self
        overridden.playbook = playbook.overridden(by: overrides)
        return overridden
    }

    /// The same revision, in the stricter of its own mode and `ceiling`.
    func limited(to ceiling: PlaybookMode) -> RevisionedPlaybook {
        var limited = self
        limited.playbook.mode = playbook.mode.limited(to: ceiling)
        return limited
    }
}
