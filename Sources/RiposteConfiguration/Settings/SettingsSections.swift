internal import Riposte

/// Reads a settings document, section by section.
struct SettingsSections {
    /// What relative paths are relative to; empty for the present folder.
    let folder: String
    let detectors: [String: [ParameterDescription]]
    var settings = Settings()
    /// Playbooks of the settings file with errors, as far as they could be read.
    private(set) var broken: [LocatedPlaybook] = []
    /// What is wrong with the playbooks of the settings file, apart from what is wrong with the settings.
    private(set) var playbookFindings: [Finding] = []
    /// Whether every channel and webhook could be read.
    private(set) var namesAreKnown = false
    /// Where each channel's `escalate_to` stands.
    var escalations: [ChannelName: SourceLocation?] = [:]
    /// Reads single values and gathers findings.
    var values = PlaybookReader()

    static let keys = [
        "accounts", "actions", "actor", "allowed_networks", "approvals", "budgets", "channels", "detectors", "enabled", "enforcers",
        "incident_response", "join_window", "log_channels", "log_level", "mailer", "max_event_age", "mode", "playbooks", "protected",
        "roles",
        "routes", "shipped_playbooks", "sources", "store",
    ]

    init(folder: String, detectors: [String: [ParameterDescription]]) {
        self.folder = folder
        self.detectors = detectors
        settings.store = FilePath.join(folder, settings.store)
    }

    mutating func read(_ document: LocatedValue) {
        guard let map = values.map(document, "the settings", known: Self.keys, later: []) else { return }
        if let value = map["store"] { readStore(value) }
        if let value = map["sources"] { readSources(value) }
        if let value = map["enabled"], let flag = values.flag(value, "enabled") { settings.isEnabled = flag }
        if let value = map["playbooks"] { readPlaybooks(value) }
        if let value = map["incident_response"] { readIncidentResponse(value, beside: map) }
        if let value = map["shipped_playbooks"] { readShipped(value) }
        if let value = map["protected"] { readProtected(value) }
        if let value = map["budgets"] { readBudgets(value) }
        if let value = map["max_event_age"] { readMaximumEventAge(value) }
        if let value = map["join_window"], let window = values.duration(value, "join_window") { settings.joinWindow = window }
        if let value = map["detectors"] { readDetectors(value) }
        if let value = map["enforcers"] { readEnforcers(value) }
        if let value = map["accounts"] { readAccounts(value) }
        if let value = map["mailer"] { readMailer(value) }
        let errors = values.findings.count
        if let value = map["channels"] { readChannels(value) }
        if let value = map["actions"] { readActions(value) }
        namesAreKnown = !hasErrors(since: errors)
        checkEscalations()
        if let value = map["routes"] { readRoutes(value) }
        if let value = map["mode"], let mode: PlaybookMode = values.word(value, "mode") { settings.mode = mode }
        if let value = map["roles"] { readRoles(value) }
        if let value = map["approvals"] { readApprovals(value) }
        if let value = map["log_channels"] { readLogChannels(value) }
        if let value = map["allowed_networks"] { settings.allowedNetworks = networks(value, "allowed_networks") }
        if let value = map["actor"] { settings.actor = values.text(value, "actor") }
        if let value = map["log_level"], let level: LogLevel = values.word(value, "log_level") { settings.logLevel = level }
    }

    /// Whether an error is among what was found since there were `count` findings; warnings do not count.
    func hasErrors(since count: Int) -> Bool { values.findings.dropFirst(count).contains { $0.level == .error } }

    /// A path, with the file's folder in front where it is relative.
    mutating func path(_ value: LocatedValue, _ what: String) -> String? {
        values.text(value, what).map { FilePath.join(folder, $0) }
    }

    /// The members of a map whose keys the user chooses, each key once and fit to be a name.
    mutating func named(_ value: LocatedValue, _ what: String) -> [LocatedValue.Member] {
        guard case .map(let members) = value.content else {
            values.error(value.location, "“\(what)” must be a map; got \(PlaybookReader.got(value))")
            return []
        }
        var seen: Set<String> = []
        return members.filter { member in
            if !seen.insert(member.key).inserted {
                values.error(member.keyLocation, "“\(member.key)” is there twice")
            } else if !Self.isName(member.key) {
                values.error(member.keyLocation, "a name holds letters, digits, “_”, “-” and “.”; got “\(member.key.prefix(40))”")
            } else {
                return true
            }
            return false
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || "_-.".utf8.contains($0)
            }
    }

    private mutating func readStore(_ value: LocatedValue) {
        guard case .map = value.content else {
            if let path = path(value, "store") { settings.store = path }
            return
        }
        guard let map = values.map(value, "“store”", known: ["sqlite"], later: []) else { return }
        guard let sqlite = map["sqlite"] else { return values.error(value.location, "“store” needs “sqlite” with a path") }
        if let path = path(sqlite, "sqlite") { settings.store = path }
    }

    private mutating func readPlaybooks(_ value: LocatedValue) {
        if case .map = value.content { return readInline(value) }
        settings.playbookPaths = value.json == [] ? [] : values.texts(value, "playbooks").map { $0.map { FilePath.join(folder, $0) } }
    }

    private mutating func readInline(_ value: LocatedValue) {
        var document = PlaybookDocument(fallbackSlug: nil)
        document.readMembers(value)
        playbookFindings += document.findings
        settings.playbooks += document.playbooks
        broken += document.broken
    }

    private mutating func readIncidentResponse(_ value: LocatedValue, beside top: [String: LocatedValue]) {
        guard let map = values.map(value, "“incident_response”", known: ["enabled", "playbooks"], later: []) else { return }
        if let enabled = map["enabled"], let flag = values.flag(enabled, "enabled") {
            if let other = top["enabled"]?.location {
                values.error(enabled.location, "“enabled” is said here and in line \(other.line)", "leave one of them out")
            }
            settings.isEnabled = flag
        }
        if let playbooks = map["playbooks"] { readInline(playbooks) }
    }

    private mutating func readShipped(_ value: LocatedValue) {
        if value.json == "all" {
            settings.shippedPlaybooks = .all
            return
        }
        if value.json == "none" || value.json == [] {
            settings.shippedPlaybooks = .none
            return
        }
        let slugs = ShippedPlaybooks.slugs
        let elements = if case .list(let elements) = value.content { elements } else { [value] }
        settings.shippedPlaybooks = .only(
            elements.compactMap { element in
                let names = slugs.map(\.rawValue) + (elements.count == 1 ? ["all", "none"] : [])
                return values.choice(element, "shipped_playbooks", names).map { PlaybookSlug($0) }
            })
    }

    mutating func networks(_ value: LocatedValue, _ what: String) -> [AddressRange] {
        let elements: [LocatedValue] = if case .list(let elements) = value.content { elements } else { [value] }
        return elements.compactMap { element in
            if case .scalar(.string(let text)) = element.content, let range = AddressRange(text) { return range }
            let message = "“\(what)” holds addresses (203.0.113.9) and networks (203.0.113.0/24); got \(PlaybookReader.got(element))"
            values.error(element.location, message)
            return nil
        }
    }

    private mutating func readDetectors(_ value: LocatedValue) {
        for member in named(value, "detectors") {
            guard let schema = detectors[member.key] else {
                values.error(
                    member.keyLocation, "unknown detector “\(member.key)”", Suggestion.forName(member.key, among: Array(detectors.keys)))
                continue
            }
            guard let map = values.map(member.value, "detector “\(member.key)”", known: schema.map(\.name), later: []) else { continue }
            for parameter in schema {
                guard let value = map[parameter.name] else { continue }
                do { try parameter.check(value.json) } catch { values.error(value.location, "“\(parameter.name)” \(error)") }
            }
            settings.detectors[member.key] = map.mapValues(\.json)
        }
    }

    /// After the roles and the channels, which it names.
    private mutating func readApprovals(_ value: LocatedValue) {
        let policy = values.approvals(value, "approvals")
        settings.approvals.policy = policy
        if let problem = settings.approvals.problem(with: policy) { values.error(value.location, problem) }
        let names = settings.channels.keys.map(\.rawValue)
        for channel in policy.channels ?? [] where namesAreKnown && !names.contains(channel.rawValue) {
            values.error(value.location, "there is no channel “\(channel)”", Suggestion.forName(channel.rawValue, among: names))
        }
    }

    private mutating func readRoles(_ value: LocatedValue) {
        for member in named(value, "roles") {
            if let people = values.texts(member.value, member.key) { settings.approvals.roles[member.key] = people }
        }
    }

    private mutating func readLogChannels(_ value: LocatedValue) {
        for member in named(value, "log_channels") {
            if let path = path(member.value, member.key) { settings.logChannels[member.key] = path }
        }
    }
}
