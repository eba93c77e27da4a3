import Foundation
import Riposte
import RiposteHost
import Synchronization

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

    /// Runs a program to its end; what it printed. Through files and not through pipes: a daemon that another test starts
    /// meanwhile would keep a pipe open.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], input: String = "") throws -> String {
        let folder = try folder("run")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(input.utf8).write(to: URL(fileURLWithPath: "\(folder)/input"))
        let running = try RunningProgram(program, arguments, input: "\(folder)/input", output: "\(folder)/output")
        let status = running.waitUntilExit()
        let text = (try? String(contentsOfFile: "\(folder)/output", encoding: .utf8)) ?? ""
        guard status == 0 else { throw Failure(description: "\(program) \(arguments): \(text)") }
        return text
    }

    /// A port of 127.0.0.1 that nobody listens at.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | getsockname(descriptor, $0, &length)
            }
        }
        guard result == 0 else { throw Failure(description: "no free port") }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Has a certificate that signs itself run out a day ago; it stays the one to trust.
    static func expire(_ certificate: String, key: String) throws {
        let old = "\(certificate).old"
        try FileManager.default.copyItem(atPath: certificate, toPath: old)
        try run("/usr/bin/openssl", ["x509", "-in", old, "-signkey", key, "-days", "-1", "-out", certificate])
    }

    /// Starts a program that goes on; its output goes to a file.
    static func start(_ program: String, _ arguments: [String], log: String) throws -> RunningProgram {
        try RunningProgram(program, arguments, input: "/dev/null", output: log)
    }
}

/// A program that was started.
final class RunningProgram: Sendable {
    let processIdentifier: pid_t
    private let status = Mutex<Int32?>(nil)

    init(_ program: String, _ arguments: [String], input: String, output: String) throws {
        let (input, output) = (open(input, O_RDONLY | O_CLOEXEC), open(output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600))
        defer {
            close(input)
            close(output)
        }
        guard input >= 0, output >= 0 else { throw Program.Failure(description: "cannot open what \(program) reads and writes") }
        processIdentifier = try ChildProgram.start(program, arguments, input: input, output: output, errors: output)
    }

    var isRunning: Bool { ended(WNOHANG) == nil }

    /// What it ended with; 0 = well.
    @discardableResult
    func waitUntilExit() -> Int32 { ended(0) ?? -1 }

    /// Ends it, where it has not ended, and waits for that.
    func end(_ signal: Int32 = SIGKILL) {
        guard isRunning else { return }
        kill(processIdentifier, SIGCONT)
        kill(processIdentifier, signal)
        waitUntilExit()
    }

    /// Asked for once only: its number may be another's afterwards. Who asks meanwhile waits as well.
    private func ended(_ options: Int32) -> Int32? {
        status.withLock { status in
            var ended: Int32 = 0
            if status == nil, waitpid(processIdentifier, &ended, options) == processIdentifier { status = ended }
            return status
        }
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
