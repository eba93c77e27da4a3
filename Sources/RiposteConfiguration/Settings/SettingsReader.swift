public import Riposte

/// Reads the settings file. Reports everything that is wrong with it, each thing with line, column and what to write instead.
public struct SettingsReader: Sendable {
    /// The detectors that can be set, and their parameters.
    public var detectors: [String: [ParameterDescription]]

    public init(detectors: [String: [ParameterDescription]] = [:]) { self.detectors = detectors }

    /// Reads a file. The settings are `nil` exactly where there is an error among the findings.
    public func read(file: String) -> (settings: Settings?, findings: [Finding]) {
        let (settings, findings) = readAll(file: file)
        return (findings.holdsErrors ? nil : settings, findings)
    }

    /// The same for the bytes of a file; relative paths in it are relative to the folder of `file`.
    public func read(_ bytes: [UInt8], file: String) -> (settings: Settings?, findings: [Finding]) {
        let (settings, findings) = readAll(bytes, file: file)
        return (findings.holdsErrors ? nil : settings, findings)
    }

    /// What could be read, errors or not.
    func readAll(file: String) -> (settings: Settings, findings: [Finding]) {
        let unread = SettingsSections(folder: FilePath.folder(of: file), detectors: detectors).settings
        guard ConfigurationFile.exists(file) else {
            let suggestion = "make one: a file with the line “store: riposte.db” is enough"
            let place = SourceLocation(file: file, line: 1, column: 1)
            return (unread, [Finding(.error, at: place, "there is no such file", suggestion: suggestion)])
        }
        switch ConfigurationFile.read(file) {
        case .success(let bytes): return readAll(bytes, file: file)
        case .failure(let refused): return (unread, [refused.finding])
        }
    }

    private func readAll(_ bytes: [UInt8], file: String) -> (settings: Settings, findings: [Finding]) {
        let (documents, problems) = YAMLDocumentReader().read(bytes, file: file)
        var sections = SettingsSections(folder: FilePath.folder(of: file), detectors: detectors)
        if let document = documents.first, document.json != .null {
            sections.read(document)
        } else if problems.isEmpty {
            let place = SourceLocation(file: file, line: 1, column: 1)
            sections.values.error(place, "the file is empty", "write at least “store: riposte.db”")
        }
        if documents.count > 1 { sections.values.error(documents[1].location, "a settings file is one document; another one begins here") }
        return (sections.settings, (problems + sections.values.findings).inOrder)
    }
}
