import Riposte
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// System calls of a running daemon fail, because strace says so.
private final class Injection {
    private let workplace: Workplace
    private let child: ChildProcess

    static let isPossible: Bool = {
        guard let workplace = try? Workplace(nil) else { return false }
        return (try? workplace.startOther("/usr/bin/strace", ["--output=/dev/null", "/bin/true"]))?.waitForExit() == 0
    }()

    /// - Parameter calls: `pwrite64,fsync`
    init(_ error: String, into calls: String, of daemon: Daemon) throws {
        workplace = daemon.workplace
        child = try workplace.startOther(
            "/usr/bin/strace",
            [
                "--follow-forks", "--quiet=all", "--output=trace", "--attach=\(daemon.child.process)", "--trace=\(calls)",
                "--inject=\(calls):error=\(error)",
            ])
    }

    func waitUntilOneFailed() async throws {
        try await until("a call fails") {
            if let code = child.exitCode { throw HarnessError("strace has ended with \(code): \(try workplace.read(".other-err"))") }
            return ((try? workplace.read("trace")) ?? "").contains("(INJECTED)") ? true : nil
        }
    }

    func end() async throws {
        child.send(SIGTERM)
        try await child.end()
    }
}

@Suite(.serialized, .enabled(if: Injection.isPossible, "needs strace and the right to use it"))
struct `a disk that fails under a daemon` {
    struct Fault: CustomTestStringConvertible {
        var error: String
        var calls: String
        var says: String
        var testDescription: String { "\(error) from \(calls)" }
    }

    @Test(arguments: [
        Fault(error: "EIO", calls: "pwrite64", says: "the disk reports an error"),
        Fault(error: "ENOSPC", calls: "pwrite64", says: "the disk is full"),
        Fault(error: "EROFS", calls: "pwrite64", says: "has become read-only"),
        Fault(error: "EIO", calls: "fsync,fdatasync", says: "the disk reports an error"),
        Fault(error: "ENOSPC", calls: "fsync,fdatasync", says: "the disk reports an error"),
    ])
    func `is said while it lasts, loses nothing, and is over without a restart`(fault: Fault) async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        let (before, meanwhile) = (Attacker(number: 1), Attacker(number: 2))
        try log.fail(before, times: 5)
        try await workplace.waitForBan(of: before)
        let injection = try Injection(fault.error, into: fault.calls, of: daemon)
        try await injection.waitUntilOneFailed()
        try log.fail(meanwhile, times: 5)
        let why = try await workplace.waitUntilNotReady()
        #expect(why.contains(fault.says), "\(why)")
        #expect(try await workplace.banned().contains(before.address))
        try await injection.end()
        try await workplace.waitForBan(of: meanwhile)
        try await workplace.waitUntilReady()
        #expect(try await workplace.expectOneIncidentEach([before, meanwhile]))
        #expect(daemon.isAlive, "\(daemon.said)")
        #expect(try await daemon.terminate() == 0, "\(daemon.said)")
    }

    /// SQLite takes a disk that cannot be read for a damaged file.
    @Test func `is said while it cannot be read, loses nothing, and is over without a restart`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        let injection = try Injection("EIO", into: "pread64", of: daemon)
        // A command's commit empties the daemon's page cache.
        let command = try workplace.startDetached(["decision", "add", "203.0.113.9"], name: "add")
        try await injection.waitUntilOneFailed()
        let why = try await workplace.waitUntilNotReady()
        #expect(why.contains("its disk cannot be read") || why.contains("the disk reports an error"), "\(why)")
        try log.fail(Attacker(number: 1), times: 5)
        try await injection.end()
        try await workplace.waitForBan(of: Attacker(number: 1))
        try await workplace.waitUntilReady()
        _ = try await command.end(within: .seconds(90))
        #expect(daemon.isAlive, "\(daemon.said)")
        #expect(try await daemon.terminate() == 0, "\(daemon.said)")
    }
}

@Suite(.enabled("needs root, and a loop device to mount") { await LoopDisk.isPossible() })
struct `a file system that has turned read-only` {
    @Test func `is said by the daemon and by commands, and has lost nothing when it is mounted again`() async throws {
        let workplace = try Workplace(Workplace.settingsOnDisk)
        let disk = try await LoopDisk(in: workplace)
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        let (before, meanwhile) = (Attacker(number: 1), Attacker(number: 2))
        try log.fail(before, times: 5)
        try await workplace.waitForBan(of: before)
        try await disk.turnReadOnly()
        try log.fail(meanwhile, times: 5)
        let why = try await workplace.waitUntilNotReady()
        #expect(why.contains("read-only"), "\(why)")
        let refused = try await workplace.riposte("decision", "add", "203.0.113.10")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("read-only"), "\(refused.errors)")
        #expect(try await workplace.banned() == [before.address])
        #expect(try await daemon.terminate() == 0, "\(daemon.said)")
        try await disk.unmount()
        try await disk.mount()
        let next = try await workplace.serve()
        try await workplace.waitForBan(of: meanwhile)
        #expect(try await workplace.expectOneIncidentEach([before, meanwhile]))
        #expect(try await next.terminate() == 0)
    }
}
