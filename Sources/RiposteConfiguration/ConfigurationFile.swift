internal import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Reads whole files, with limits and with errors a person can act on.
package enum ConfigurationFile {
    /// Why a file was not read.
    struct Refusal: Error { let finding: Finding }

    /// The bytes of an ordinary file of at most `limit` bytes. A pipe or a device, which would wait or never end, is refused.
    static func read(_ path: String, limit: Int = 1 << 20) -> Result<[UInt8], Refusal> {
        func refuse(_ message: String) -> Result<[UInt8], Refusal> {
            .failure(Refusal(finding: Finding(.error, at: SourceLocation(file: path, line: 1, column: 1), message)))
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return refuse(errno == ENOENT ? "there is no such file" : "the file cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return refuse("the file cannot be read: \(String(cString: strerror(errno)))") }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return refuse("this is a folder, not a file")
        default: return refuse("this is not an ordinary file")
        }
        guard let bytes = readAll(descriptor, limit: limit) else {
            return refuse("the file cannot be read: \(String(cString: strerror(errno)))")
        }
        return bytes.count <= limit ? .success(bytes) : refuse("the file is larger than \(limit) bytes")
    }

    /// Everything, or a little more than `limit` bytes; `nil` on an error.
    private static func readAll(_ descriptor: Int32, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = chunk.withUnsafeMutableBytes { Self.read(descriptor, into: $0) }
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    /// `read(2)`, again where a signal came in between.
    private static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
            let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            guard count < 0, errno == EINTR else { return count }
        }
    }

    package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    package static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }
}
