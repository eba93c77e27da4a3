import Glibc
public import Riposte

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event log of files, one for each channel: a JSON object a line, appended and synced before it counts as written.
///
/// A line that may be there already, because a crash came between it and its record, is looked for in the last megabyte.
public struct FileEventLog: EventLog {
    private let paths: [String: String]

    /// - Parameter paths: the file of each channel; made when the first line is written, readable by its owner and group.
    public init(_ paths: [String: String]) { self.paths = paths }

    public var channels: [String]? { paths.keys.sorted() }

    public func write(_ line: EventLogLine, mayBeThere: Bool) async throws -> Bool {
        guard let path = paths[line.channel] else { throw ActionRefusal("there is no log channel “\(line.channel)”") }
        if mayBeThere, try Self.tail(of: path).holds(line.id) { return false }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = TerminalText.safeJSON(String(decoding: try encoder.encode(line), as: UTF8.self))
        try Self.append(Array(text.utf8) + [0x0A], to: path)
        return true
    }

    private static func append(_ line: [UInt8], to path: String) throws {
        // Without O_NONBLOCK a named pipe that nobody reads would hold up whoever writes, and Swift's own threads with it.
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        let size = try size(descriptor, path)
        // A disk that was full has left a line without its end.
        var last: UInt8 = 0x0A
        if size > 0 { pread(descriptor, &last, 1, off_t(size - 1)) }
        let bytes = last == 0x0A ? line : [0x0A] + line
        // One write of one line: O_APPEND keeps lines of several writers apart.
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count, fsync(descriptor) == 0 else { throw failure("write to", path) }
    }

    /// The last megabyte; empty where there is no file.
    private static func tail(of path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return "" }
            throw failure("read", path)
        }
        defer { close(descriptor) }
        let size = try size(descriptor, path)
        let start = max(0, size - 1_048_576)
        var bytes = [UInt8](repeating: 0, count: size - start)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(start)) }
        guard count >= 0 else { throw failure("read", path) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private static func size(_ descriptor: Int32, _ path: String) throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("look at", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw EnforcementError("the event log \(path) is no regular file") }
        return Int(status.st_size)
    }

    private static func failure(_ doing: String, _ path: String) -> EnforcementError {
        EnforcementError("could not \(doing) the event log \(path): \(String(cString: strerror(errno)))")
    }
}

extension String {
    /// Whether one of these lines has this id. That the id stands somewhere in a line says nothing: a stranger who foresees
    /// it can take it as a user name.
    fileprivate func holds(_ id: String) -> Bool {
        struct Line: Decodable { var id: String }
        return split(separator: "\n").contains { line in
            line.contains(id) && (try? JSONDecoder().decode(Line.self, from: Data(line.utf8)))?.id == id
        }
    }
}
