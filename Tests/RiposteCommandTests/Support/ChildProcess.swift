import RiposteHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A program that runs, its output in files. Killed when nobody holds it any more.
final class ChildProcess {
    let process: pid_t
    private var status: Int32?

    /// By way of `env`, which goes to the folder and then becomes the program.
    ///
    /// - Parameters:
    ///   - output, errors: paths of files, made anew.
    init(_ program: String, _ arguments: [String], folder: String, environment: [String: String], output: String, errors: String) throws {
        let (output, errors) = (try Self.file(output), try Self.file(errors))
        defer {
            close(output)
            close(errors)
        }
        process = try ChildProgram.start(
            "/usr/bin/env", ["--chdir=\(folder)", program] + arguments, environment: environment.map { "\($0.key)=\($0.value)" },
            output: output, errors: errors)
    }

    private static func file(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HarnessError("cannot make \(path): \(String(cString: strerror(errno)))") }
        return descriptor
    }

    deinit {
        guard status == nil else { return }
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    func send(_ signal: Int32) { if status == nil { kill(process, signal) } }

    /// The exit code, 128 + n after signal n; `nil` while it runs.
    var exitCode: Int32? {
        if status == nil {
            var ended: Int32 = 0
            if waitpid(process, &ended, WNOHANG) == process { status = ended }
        }
        return status.map(ChildProgram.exitCode)
    }

    /// Waits for the end of something short, and holds the thread meanwhile.
    func waitForExit() -> Int32? {
        var ended: Int32 = 0
        if status == nil, waitpid(process, &ended, 0) == process { status = ended }
        return exitCode
    }

    /// Waits for the end.
    @discardableResult
    func end(within limit: Duration = .seconds(60)) async throws -> Int32 {
        try await until("process \(process) ends", within: limit) { exitCode }
    }
}

/// The harness, and not the program, could not do something.
struct HarnessError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Asks until there is an answer.
@discardableResult
func until<Answer>(
    _ what: String, within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(5), _ ask: () async throws -> Answer?
) async throws -> Answer {
    let end = ContinuousClock.now + limit
    while true {
        if let answer = try await ask() { return answer }
        guard ContinuousClock.now < end else { throw HarnessError("not within \(limit): \(what)") }
        try await Task.sleep(for: pause)
    }
}
