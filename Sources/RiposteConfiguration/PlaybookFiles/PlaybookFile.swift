public import Riposte

/// Reads the playbooks of one text: YAML or JSON, one document or a stream of them.
///
/// A document is one playbook, a map `playbooks:` from slug to playbook, or that map under `incident_response:`.
public enum PlaybookFile {
    /// Reads everything that can be read and reports everything that is wrong. `file` is what locations call it, and its base
    /// name is the slug of a single playbook that says neither slug nor name.
    public static func read(_ bytes: [UInt8], file: String) -> (playbooks: [LocatedPlaybook], findings: [Finding]) {
        let read = readPartly(bytes, file: file)
        return (read.playbooks, read.findings)
    }

    /// Reads a file.
    public static func read(path: String) -> (playbooks: [LocatedPlaybook], findings: [Finding]) {
        let read = readPartly(path: path)
        return (read.playbooks, read.findings)
    }

    package static func readPartly(path: String) -> ReadPlaybooks {
        switch ConfigurationFile.read(path) {
        case .success(let bytes): readPartly(bytes, file: path)
        case .failure(let refused): ReadPlaybooks(findings: [refused.finding])
        }
    }

    private static func readPartly(_ bytes: [UInt8], file: String) -> ReadPlaybooks {
        let (documents, problems) = YAMLDocumentReader().read(bytes, file: file)
        let written = documents.filter { $0.json != .null }
        var document = PlaybookDocument(fallbackSlug: written.count == 1 ? FilePath.stem(of: file) : nil)
        for value in written { document.read(value) }
        var findings = problems + document.findings
        if written.isEmpty, problems.isEmpty {
            findings.append(Finding(.error, at: SourceLocation(file: file, line: 1, column: 1), "the file holds no playbook"))
        }
        return ReadPlaybooks(playbooks: document.playbooks, broken: document.broken, findings: findings.inOrder)
    }
}

/// What one or more files held.
package struct ReadPlaybooks {
    package var playbooks: [LocatedPlaybook] = []
    /// With errors, as far as they could be read.
    package var broken: [LocatedPlaybook] = []
    package var findings: [Finding] = []

    package init(playbooks: [LocatedPlaybook] = [], broken: [LocatedPlaybook] = [], findings: [Finding] = []) {
        (self.playbooks, self.broken, self.findings) = (playbooks, broken, findings)
    }

    package static func += (all: inout ReadPlaybooks, more: ReadPlaybooks) {
        all.playbooks += more.playbooks
        all.broken += more.broken
        all.findings += more.findings
    }
}
