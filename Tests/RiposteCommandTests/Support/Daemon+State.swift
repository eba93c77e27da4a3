import Riposte

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Workplace {
    /// Settings whose store is on a disk of its own; the log is not.
    static let settingsOnDisk = settings.replacing("store: riposte.db", with: "store: disk/riposte.db")

    /// What `riposte status` says: its exit code and its report.
    func status() async throws -> (code: Int32, report: JSONValue) {
        let outcome = try await riposte("status", "--output", "ndjson")
        guard let report = try outcome.records().first else { throw HarnessError("status: \(outcome.all)") }
        return (outcome.code, report)
    }

    /// Waits until the daemon is not ready, and why it says that it is not.
    func waitUntilNotReady() async throws -> String {
        try await until("the daemon is not ready", every: .milliseconds(100)) {
            let (code, report) = try await status()
            return code == 1 ? "\(report["readiness"] ?? .null)" : nil
        }
    }

    func waitUntilReady() async throws {
        try await until("the daemon is ready", every: .milliseconds(100)) { try await status().code == 0 ? true : nil }
    }

    /// Waits until the daemon has begun to read its log: all that it reads of the store at its start is read by then.
    func waitUntilFollowing() async throws {
        try await until("the log is followed", every: .milliseconds(100)) {
            "\(try await status().report["sources"] ?? .null)".contains("\"following\"") ? true : nil
        }
    }

    /// Each of these was found and answered exactly once.
    func expectOneIncidentEach(_ attackers: [Attacker]) async throws -> Bool {
        let incidents = try await riposte("incident", "list", "--output", "ndjson").records()
        return incidents.count == attackers.count && incidents.allSatisfy { $0["count"]?.int == 5 }
    }
}

extension Daemon {
    var isAlive: Bool { child.exitCode == nil }

    /// The processor time it has used so far.
    func processorTime() throws -> Duration {
        let text = try SmallText.read("/proc/\(child.process)/stat")
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { throw HarnessError("no times in \(text)") }
        return .milliseconds((user + system) * 1000 / sysconf(Int32(_SC_CLK_TCK)))
    }

    /// How much of the processor it uses, over three seconds: 1 = all of one.
    func load() async throws -> Double {
        let (before, start) = (try processorTime(), ContinuousClock.now)
        try await Task.sleep(for: .seconds(3))
        return (try processorTime() - before) / (ContinuousClock.now - start)
    }
}

/// A small file of the kernel's, whose size is not known before it is read.
enum SmallText {
    static func read(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard descriptor >= 0, count >= 0 else { throw HarnessError("cannot read \(path)") }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
