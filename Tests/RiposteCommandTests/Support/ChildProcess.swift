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
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Swift's threads block signals, and a program that is started from one inherits that: SIGTERM would not reach it.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = (["env", "--chdir=\(folder)", program] + arguments).map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var started: pid_t = 0
        let failure = posix_spawn(&started, "/usr/bin/env", &actions, &attributes, &words, &settings)
        guard failure == 0 else { throw HarnessError("cannot start \(program): \(String(cString: strerror(failure)))") }
        process = started
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
        return status.map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : 128 + ($0 & 0x7F) }
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
