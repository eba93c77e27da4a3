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
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            return ([], [Finding(.error, at: SourceLocation(file: folder, line: 1, column: 1), "the folder cannot be read")])
        }
        let files = names.filter(isPlaybookFile).sorted().map { FilePath.join(folder, $0) }.filter { !ConfigurationFile.isFolder($0) }
        guard !files.isEmpty else {
            let finding = Finding(
                .warning, at: SourceLocation(file: folder, line: 1, column: 1), "the folder holds no playbook files (*.yaml, *.yml, *.json)"
            )
            return ([], [finding])
        }
        let read = files.map { PlaybookFile.read(path: $0) }
        let playbooks = read.flatMap(\.playbooks)
        return (playbooks, (read.flatMap(\.findings) + PlaybookLinter.duplicates(in: playbooks)).inOrder)
    }

    private static func isPlaybookFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }
}
