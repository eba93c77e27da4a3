import Riposte
import RiposteSQLite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a command has come to.
struct Outcome {
    var code: Int32
    var output: String
    var errors: String

    /// What was said, on whichever channel.
    var all: String { output + errors }

    /// The lines of `--output ndjson`.
    func records() throws -> [JSONValue] {
        try output.split(separator: "\n").map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
    }
}

/// A folder of its own for one test, and the real program in it. Removed afterwards.
final class Workplace {
    let path: String
    private var count = 0

    /// Playbooks that ban whoever a brute force comes from, and need nothing else.
    static let settings = """
        store: riposte.db
        shipped_playbooks: none
        sources: [{file: auth.log, format: sshd, start: beginning}]
        incident_response:
          playbooks:
            keep_out:
              trigger: {detector: brute_force}
              actions: [{action: block_ip, duration_minutes: 60}]
        """

    /// - Parameter settings: what riposte.yaml says; `nil` = there is none.
    init(_ settings: String? = Workplace.settings) throws {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/riposte-command-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw HarnessError("no temporary folder") }
        path = String(cString: made)
        if let settings { try write(settings, to: "riposte.yaml") }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static func / (workplace: Workplace, name: String) -> String { workplace.path + "/" + name }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(filePath: self / name)) }
    func read(_ name: String) throws -> String { String(decoding: try Data(contentsOf: URL(filePath: self / name)), as: UTF8.self) }

    /// Runs the program to its end.
    func riposte(
        _ arguments: String..., environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> Outcome {
        try await run(Program.path, arguments, environment: environment, within: limit)
    }

    /// Runs any program to its end.
    func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> Outcome {
        count += 1
        let (output, errors) = (".out-\(count)", ".err-\(count)")
        let child = try start(program, arguments, environment: environment, output: output, errors: errors)
        let code = try await child.end(within: limit)
        return Outcome(code: code, output: try read(output), errors: try read(errors))
    }

    /// Starts `riposte serve` and waits until it serves.
    func serve(environment: [String: String] = [:]) async throws -> Daemon {
        count += 1
        let errors = ".serve-\(count)"
        let child = try start(Program.path, ["serve"], environment: environment, output: ".serve-out-\(count)", errors: errors)
        let daemon = Daemon(child: child, errors: errors, workplace: self)
        try await until("the daemon serves") {
            if let code = child.exitCode { throw HarnessError("the daemon has ended with \(code): \(daemon.said)") }
            return daemon.said.contains(" serving ") ? true : nil
        }
        return daemon
    }

    /// Starts it and does not wait.
    func startServing() throws -> ChildProcess {
        count += 1
        return try start(Program.path, ["serve"], output: ".serve-out-\(count)", errors: ".serve-\(count)")
    }

    private func start(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], output: String, errors: String
    ) throws -> ChildProcess {
        let plain = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": path, "TZ": "UTC", "LC_ALL": "C.UTF-8"]
        return try ChildProcess(
            program, arguments, folder: path, environment: plain.merging(environment) { _, new in new }, output: self / output,
            errors: self / errors)
    }
}

/// `riposte serve` in a workplace.
struct Daemon {
    let child: ChildProcess
    let errors: String
    let workplace: Workplace

    /// What it has said so far.
    var said: String { (try? workplace.read(errors)) ?? "" }

    /// `kill -9`.
    func kill() async throws {
        child.send(SIGKILL)
        try await child.end()
    }

    /// Stops all its threads, at a moment when none of them is in a write, which nobody else could get past.
    func standStill() async throws {
        try await until("the daemon stands still and holds no lock of the store") {
            child.send(SIGSTOP)
            do {
                let store = try await SQLiteStore.open(path: workplace / "riposte.db", busyTimeout: .seconds(1))
                defer { Task { try? await store.close() } }
                try await store.commit(WriteBatch([.putSourceState("nobody's", 1)]))
                return true
            } catch let error as StoreError where error.code == .busy {
                goOn()
                return nil
            }
        }
    }

    func goOn() { child.send(SIGCONT) }

    /// Asks it to end; its exit code.
    func terminate() async throws -> Int32 {
        child.send(SIGTERM)
        return try await child.end()
    }
}

/// The program under test, which is built beside the tests.
enum Program {
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        guard readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0 else { return "riposte" }
        let own = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let beside = own.split(separator: "/").dropLast().joined(separator: "/")
        return "/\(beside)/riposte"
    }()

    /// The project's folder.
    static let project: String = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
}

extension Workplace {
    static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Whether this machine has settings that a command without any would find.
    static var machineHasSettings: Bool { FileManager.default.fileExists(atPath: "/etc/riposte/riposte.yaml") }

    /// Starts any program and does not wait.
    func startOther(_ program: String, _ arguments: [String]) throws -> ChildProcess {
        try start(program, arguments, output: ".other-out", errors: ".other-err")
    }

    /// Starts the program; its output is in `name.out` and `name.err`.
    func startDetached(_ arguments: [String], name: String) throws -> ChildProcess {
        try start(Program.path, arguments, output: name + ".out", errors: name + ".err")
    }

    /// Runs the program as a user whom permissions bind: as whoever we are, or as a root that has given up passing them by.
    func unprivileged(_ arguments: [String]) async throws -> Outcome {
        guard getuid() == 0 else { return try await run(Program.path, arguments) }
        return try await run("/usr/bin/setpriv", ["--bounding-set=-dac_override,-dac_read_search", Program.path] + arguments)
    }
}

extension Workplace {
    /// What is in the folder, apart from the harness's own files.
    var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { name in ![".out-", ".err-", ".serve-"].contains { name.hasPrefix($0) } }.sorted()
        }
    }
}
