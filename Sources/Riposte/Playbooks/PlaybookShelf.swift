internal import Synchronization

/// The playbooks there are: from code and configuration, and from the store.
final class PlaybookShelf: Sendable {
    private struct State {
        var fixed: [LocatedPlaybook]
        var stored: [Playbook] = []
        var setAside: [SetAsidePlaybook] = []
    }

    private let state: Mutex<State>

    init(_ fixed: [LocatedPlaybook]) { state = Mutex(State(fixed: fixed)) }

    var fixed: [LocatedPlaybook] { state.withLock { $0.fixed } }
    var all: [Playbook] { state.withLock { $0.fixed.map(\.playbook) + $0.stored }.sorted { $0.slug < $1.slug } }
    var setAside: [SetAsidePlaybook] { state.withLock { $0.setAside } }

    subscript(slug: PlaybookSlug) -> Playbook? { all.first { $0.slug == slug } }

    func replaceFixed(_ playbooks: [LocatedPlaybook]) { state.withLock { $0.fixed = playbooks } }

    /// Takes over what the store has. One that no longer loads, or whose slug is taken by a file, is set aside and shown.
    func load(_ records: [StoredPlaybook], _ linter: PlaybookLinter) {
        let taken = Set(fixed.map(\.playbook.slug))
        var stored: [Playbook] = []
        var setAside: [SetAsidePlaybook] = []
        for record in records {
            let (located, readFindings) = PlaybookReader.readLocated(LocatedValue(record.definition), defaultSlug: record.slug.rawValue)
            var findings = readFindings + (located.map { linter.findings(for: [$0]) } ?? [])
            if taken.contains(record.slug) { findings.append(Finding(.error, "a playbook of the configuration has the slug “\(record.slug)”")) }
            if var playbook = located?.playbook, !findings.contains(where: { $0.level == .error }) {
                playbook.slug = record.slug
                playbook.isEnabled = record.isEnabled
                stored.append(playbook)
            } else {
                setAside.append(SetAsidePlaybook(record: record, findings: findings))
            }
        }
        state.withLock { state in
            state.stored = stored
            state.setAside = setAside
        }
    }
}

/// A playbook in the store that cannot be used, and why.
public struct SetAsidePlaybook: Sendable, Hashable {
    public var record: StoredPlaybook
    public var findings: [Finding]
}
