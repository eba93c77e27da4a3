internal import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Reads whole files, with limits and with errors a person can act on.
enum ConfigurationFile {
    /// Why a file was not read.
    struct Refusal: Error { let finding: Finding }

    static func read(_ path: String, limit: Int = 1 << 20) -> Result<[UInt8], Refusal> {
        func refuse(_ message: String) -> Result<[UInt8], Refusal> {
            .failure(Refusal(finding: Finding(.error, at: SourceLocation(file: path, line: 1, column: 1), message)))
        }
        guard exists(path) else { return refuse("there is no such file") }
        // Reading a pipe or a device would wait, or never end.
        guard let type = try? FileManager.default.attributesOfItem(atPath: resolved(path))[.type] as? FileAttributeType,
            type == .typeRegular
        else {
            return refuse(isFolder(path) ? "is a folder, not a file" : "is not an ordinary file")
        }
        guard let size = try? FileManager.default.attributesOfItem(atPath: resolved(path))[.size] as? any BinaryInteger, Int(size) <= limit
        else {
            return refuse("the file is larger than \(limit) bytes")
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return refuse("the file cannot be read") }
        return .success(Array(data))
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }

    /// Configuration is often mounted as a link to a file.
    private static func resolved(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }
}
