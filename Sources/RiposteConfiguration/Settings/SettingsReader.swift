public import Riposte

/// Reads the settings file. Reports everything that is wrong with it, each thing with line, column and what to write instead.
public struct SettingsReader: Sendable {
    /// The detectors that can be set, and their parameters.
    public var detectors: [String: [ParameterDescription]]

    public init(detectors: [String: [ParameterDescription]] = [:]) { self.detectors = detectors }

    /// Reads a file. The settings are `nil` exactly where there is an error among the findings.
    public func read(file: String) -> (settings: Settings?, findings: [Finding]) {
        readPartly(file: file).whole
    }

    /// The same for the bytes of a file; relative paths in it are relative to the folder of `file`.
    public func read(_ bytes: [UInt8], file: String) -> (settings: Settings?, findings: [Finding]) {
        readPartly(bytes, file: file).whole
    }

    /// What could be read, errors or not.
    func readPartly(file: String) -> ReadSettings {
        var nothing = ReadSettings(settings: SettingsSections(folder: FilePath.folder(of: file), detectors: detectors).settings)
        guard ConfigurationFile.exists(file) else {
            let suggestion = "make one: a file with the line “store: riposte.db” is enough"
            let place = SourceLocation(file: file, line: 1, column: 1)
            nothing.findings = [Finding(.error, at: place, "there is no such file", suggestion: suggestion)]
            return nothing
        }
        switch ConfigurationFile.read(file) {
        case .success(let bytes): return readPartly(bytes, file: file)
        case .failure(let refused):
            nothing.findings = [refused.finding]
            return nothing
        }
    }

    private func readPartly(_ bytes: [UInt8], file: String) -> ReadSettings {
        let (documents, problems) = YAMLDocumentReader().read(bytes, file: file)
        var sections = SettingsSections(folder: FilePath.folder(of: file), detectors: detectors)
        if let document = documents.first, document.json != .null {
            sections.read(document)
        } else if problems.isEmpty {
            let place = SourceLocation(file: file, line: 1, column: 1)
            sections.values.error(place, "the file is empty", "write at least “store: riposte.db”")
        }
        if documents.count > 1 { sections.values.error(documents[1].location, "a settings file is one document; another one begins here") }
        return ReadSettings(
            settings: sections.settings, broken: sections.broken, findings: problems + sections.values.findings,
            playbookFindings: sections.playbookFindings, namesAreKnown: !problems.holdsErrors && sections.namesAreKnown)
    }
}

/// What a settings file held, as far as it could be read.
struct ReadSettings {
    var settings: Settings
    /// Playbooks in it with errors, as far as they could be read.
    var broken: [LocatedPlaybook] = []
    /// What was found about the settings.
    var findings: [Finding] = []
    /// What was found about the playbooks in it.
    var playbookFindings: [Finding] = []
    /// Whether every channel and webhook could be read, so that a playbook that names another one is wrong.
    var namesAreKnown = false

    /// The settings where nothing is wrong, and all findings.
    var whole: (settings: Settings?, findings: [Finding]) {
        let all = (findings + playbookFindings).inOrder
        return (all.holdsErrors ? nil : settings, all)
    }
}
