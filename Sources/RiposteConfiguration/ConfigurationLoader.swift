public import Riposte

/// Settings and playbooks, read and in themselves right. Whether actions and detectors exist is ``PlaybookLinter``'s to say.
public struct LoadedConfiguration: Sendable {
    public var settings: Settings
    /// From the settings file, from files and folders, and the shipped ones that are to run, in this order.
    public var playbooks: [LocatedPlaybook]
    /// Warnings.
    public var findings: [Finding]

    public init(settings: Settings, playbooks: [LocatedPlaybook], findings: [Finding] = []) {
        self.settings = settings
        self.playbooks = playbooks
        self.findings = findings
    }
}

/// Why a configuration was not loaded.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// Everything that was found, warnings too, by file and line.
    public var findings: [Finding]

    /// One finding a line.
    public var description: String { findings.map(\.description).joined(separator: "\n") }
}

/// Reads the settings file and every playbook it leads to.
///
/// A value without state: a reload is another `load`, and where it throws the caller goes on with what it has.
public struct ConfigurationLoader: Sendable {
    private let reader: SettingsReader

    /// `detectors` says which detectors can be set, and their parameters.
    public init(detectors: [String: [ParameterDescription]] = [:]) { reader = SettingsReader(detectors: detectors) }

    /// Loads what `file` says. Everything that is wrong anywhere is in the one error.
    ///
    /// `linter` makes the linter that fits the settings (their channels and webhooks are among what playbooks may name); it
    /// is asked even where the settings or the playbooks have other errors, but for settings whose channels or webhooks are
    /// not all known for their errors.
    public func load(
        file: String, linter: ((Settings) -> PlaybookLinter)? = nil
    ) throws(ConfigurationError) -> LoadedConfiguration {
        let read = reader.readPartly(file: file)
        var own = ReadPlaybooks(
            playbooks: read.settings.playbooks, broken: read.broken, findings: read.findings + read.playbookFindings)
        for path in paths(read.settings, folder: FilePath.folder(of: file)) {
            own += ConfigurationFile.isFolder(path) ? PlaybookFolder.readPartly(path) : PlaybookFile.readPartly(path: path)
        }
        let shipped = Self.shipped(read.settings.shippedPlaybooks, beside: own)
        if let linter, read.namesAreKnown {
            own.findings += linter(read.settings).findings(for: own.playbooks + own.broken + shipped)
        } else {
            own.findings += PlaybookLinter.duplicates(in: own.playbooks + own.broken)
        }
        guard !own.findings.holdsErrors else { throw ConfigurationError(findings: own.findings.inOrder) }
        if read.settings.shippedPlaybooks == .unlessOthers, !shipped.isEmpty { own.findings.append(Self.shadowNotice(file)) }
        return LoadedConfiguration(settings: read.settings, playbooks: own.playbooks + shipped, findings: own.findings.inOrder)
    }

    private func paths(_ settings: Settings, folder: String) -> [String] {
        if let paths = settings.playbookPaths { return paths }
        let usual = FilePath.join(folder, "playbooks")
        return ConfigurationFile.isFolder(usual) ? [usual] : []
    }

    /// The shipped playbooks that run; one of the user's with the same slug takes a shipped one's place.
    private static func shipped(_ selection: ShippedSelection, beside own: ReadPlaybooks) -> [LocatedPlaybook] {
        let free = ShippedPlaybooks.all.filter { shipped in
            !(own.playbooks + own.broken).contains { $0.playbook.slug == shipped.playbook.slug }
        }
        switch selection {
        case .none: return []
        case .all: return free
        case .only(let slugs): return free.filter { slugs.contains($0.playbook.slug) }
        case .unlessOthers:
            guard own.playbooks.isEmpty, own.broken.isEmpty else { return [] }
            return free.map { located in
                var located = located
                located.playbook.mode = .shadow
                return located
            }
        }
    }

    private static func shadowNotice(_ file: String) -> Finding {
        Finding(
            .warning, at: SourceLocation(file: file, line: 1, column: 1),
            "there are no playbooks: the shipped ones run in shadow mode, so nothing is done",
            suggestion: "write “shipped_playbooks: all” to let them act, or “none” to leave them out")
    }
}
