internal import Riposte

/// Finds the playbooks in a document: the document is one, or holds a `playbooks:` map of them, or has that map under
/// `incident_response:`.
struct PlaybookDocument {
    /// The slug of a document that is one playbook and says neither slug nor name: the file's base name.
    let fallbackSlug: String?
    private var reader = PlaybookReader()
    private(set) var playbooks: [LocatedPlaybook] = []
    /// Playbooks with errors in them, as far as they could be read.
    private(set) var broken: [LocatedPlaybook] = []

    init(fallbackSlug: String?) { self.fallbackSlug = fallbackSlug }

    var findings: [Finding] { reader.findings }

    mutating func read(_ document: LocatedValue) {
        guard case .map(let members) = document.content else {
            return reader.error(document.location, "a playbook must be a map; got \(PlaybookReader.got(document))")
        }
        if members.contains(where: { $0.key == "incident_response" }) {
            guard let map = reader.map(document, "this file", known: ["incident_response"], later: []),
                let response = map["incident_response"]
            else { return }
            readMap(response, "“incident_response”")
        } else if members.contains(where: { $0.key == "playbooks" }) {
            readMap(document, "this file")
        } else if let first = members.first(where: Self.holdsPlaybook), !members.contains(where: { $0.key == "actions" }) {
            reader.error(
                first.keyLocation, "“\(first.key.prefix(80))” is the slug of a playbook, and stands by itself",
                "write “playbooks:” above it, and it indented below that")
        } else {
            readOne(document, fallbackSlug: members.contains { $0.key == "name" } ? nil : fallbackSlug)
        }
    }

    private static func holdsPlaybook(_ member: LocatedValue.Member) -> Bool {
        guard case .map(let parts) = member.value.content else { return false }
        return parts.contains { $0.key == "actions" }
    }

    /// `{enabled, playbooks}`. Switched off here, each playbook of the map is.
    private mutating func readMap(_ value: LocatedValue, _ what: String) {
        guard let map = reader.map(value, what, known: ["enabled", "playbooks"], later: []) else { return }
        let isEnabled = map["enabled"].flatMap { reader.flag($0, "enabled") } ?? true
        guard let playbooks = map["playbooks"] else {
            return reader.error(value.location, "\(what) holds no playbooks", "add “playbooks:” with at least one")
        }
        readMembers(playbooks, isEnabled: isEnabled)
    }

    /// The playbooks of a map from slug to playbook.
    mutating func readMembers(_ value: LocatedValue, isEnabled: Bool = true) {
        guard case .map(let members) = value.content else {
            return reader.error(value.location, "“playbooks” must be a map from slug to playbook; got \(PlaybookReader.got(value))")
        }
        if members.isEmpty { reader.error(value.location, "“playbooks” is empty") }
        for member in members {
            checkSlug(of: member)
            readOne(member.value, fallbackSlug: member.key) { playbook in
                playbook.location = member.keyLocation
                if !isEnabled { playbook.playbook.isEnabled = false }
            }
        }
    }

    /// A slug inside a playbook must not say anything else than the key above it.
    private mutating func checkSlug(of member: LocatedValue.Member) {
        guard case .map(let parts) = member.value.content, let slug = parts.first(where: { $0.key == "slug" }),
            slug.value.json != .string(member.key)
        else { return }
        reader.error(
            slug.value.location, "the slug says \(PlaybookReader.got(slug.value)), and the key above it “\(member.key)”",
            "leave the slug out")
    }

    private mutating func readOne(
        _ value: LocatedValue, fallbackSlug: String?, adjust: (inout LocatedPlaybook) -> Void = { _ in }
    ) {
        let (playbook, findings) = PlaybookReader.readPartly(value, defaultSlug: fallbackSlug)
        reader.append(findings)
        guard var playbook else { return }
        adjust(&playbook)
        if findings.holdsErrors { broken.append(playbook) } else { playbooks.append(playbook) }
    }
}
