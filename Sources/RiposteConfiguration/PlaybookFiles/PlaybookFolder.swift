public import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Reads a folder of playbook files: `*.yaml`, `*.yml` and `*.json`, in the order of their names, folders inside it and files
/// that begin with a dot left out.
public enum PlaybookFolder {
    public static func read(_ folder: String) -> (playbooks: [LocatedPlaybook], findings: [Finding]) {
        let read = readPartly(folder)
        return (read.playbooks, (read.findings + PlaybookLinter.duplicates(in: read.playbooks)).inOrder)
    }

    package static func readPartly(_ folder: String) -> ReadPlaybooks {
        let place = SourceLocation(file: folder, line: 1, column: 1)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return ReadPlaybooks(findings: [Finding(.error, at: place, "the folder cannot be read")])
        }
        let files = names.filter(isPlaybookFile).sorted().map { FilePath.join(folder, $0) }.filter { !ConfigurationFile.isFolder($0) }
        guard !files.isEmpty else {
            return ReadPlaybooks(findings: [Finding(.warning, at: place, "the folder holds no playbook files (*.yaml, *.yml, *.json)")])
        }
        var all = ReadPlaybooks()
        for file in files { all += PlaybookFile.readPartly(path: file) }
        return all
    }

    private static func isPlaybookFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }
}
