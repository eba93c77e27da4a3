import Foundation
import Riposte

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A server program of the tests' own, in a folder that goes with it.
enum Program {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// A new folder that only its owner may enter.
    static func folder(_ name: String) throws -> String {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/riposte-\(name)-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Failure(description: "no temporary folder") }
        return String(cString: made)
    }

    static func isThere(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Runs a program to its end; what it printed.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], input: String = "") throws -> String {
        let (process, output, given) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        process.standardInput = given
        try process.run()
        try given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try given.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "\(program) \(arguments): \(text)") }
        return text
    }

    /// Starts a program that goes on; its output goes to a file.
    static func start(_ program: String, _ arguments: [String], log: String) throws -> Process {
        let process = Process()
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let file = FileHandle(forWritingAtPath: log)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = file
        process.standardError = file
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }
}

/// Makes something that takes a while and holds a thread, on none of those that the tests run on.
func made<Value: Sendable>(_ make: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try make() }) }
    }
}

/// Asks until it is so.
func until(_ what: String, within limit: Duration = .seconds(30), _ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < end else { throw Program.Failure(description: "not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// A secret in a file that goes with it.
final class SecretFile {
    let path: String
    var secret: Secret { .file(path) }

    init(_ text: String) throws {
        path = try Program.folder("secret") + "/value"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: String(path.dropLast("/value".count))) }
}

extension AccountOrder {
    static func test(_ user: String, _ restriction: AccountRestriction = .lock, until: Timestamp? = nil) -> AccountOrder {
        AccountOrder(user, restriction, until: until, effect: "eff-1", incident: "inc-1")
    }
}

/// What a directory answered that could not: the words and the kind.
func failure(_ body: () async throws -> AccountChange) async -> (message: String, kind: FailureKind)? {
    do {
        guard case .cannot(let message, let kind) = try await body() else { return nil }
        return (message, kind)
    } catch let error as DirectoryFailure {
        return (error.message, error.kind)
    } catch {
        return ("\(error)", .unknown)
    }
}
