import Riposte
import RiposteSQLite
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct `a damaged database` {
    private let workplace: Workplace
    private let attackers = (1...3).map(Attacker.init)

    init() throws { workplace = try Workplace() }

    /// One attacker is answered, and everything is in the database itself: nothing is left in its WAL.
    private func answerOne() async throws -> AttackLog {
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try log.fail(attackers[0], times: 5)
        try await workplace.waitForBan(of: attackers[0])
        #expect(try await daemon.terminate() == 0)
        // All of it has been copied into the database, but would be read from here.
        for suffix in ["-wal", "-shm"] { unlink(workplace / "riposte.db\(suffix)") }
        return log
    }

    @Test func `is said by a daemon that is started on it, and by commands, which make nothing up`() async throws {
        _ = try await answerOne()
        let damage = try Damage(workplace / "riposte.db")
        for command in [["serve"], ["decision", "list"], ["incident", "list"], ["decision", "add", "203.0.113.9"]] {
            let outcome = try await workplace.run(Program.path, command)
            #expect(outcome.code == 1, "\(command): \(outcome.all)")
            #expect(outcome.errors.contains("riposte.db” is damaged, or its disk cannot be read"), "\(command): \(outcome.all)")
        }
        damage.mend()
        #expect(try await workplace.banned() == [attackers[0].address])
    }

    @Test func `is said by a running daemon, which waits, and goes on when it is mended`() async throws {
        let log = try await answerOne()
        let daemon = try await workplace.serve()
        try await workplace.waitUntilFollowing()
        let other = try await SQLiteStore.open(path: workplace / "riposte.db")
        let lease = try #require(try await other.lease())
        let damage = try Damage(workplace / "riposte.db")
        // Another process's commit makes the daemon read its pages again. This one renews the daemon's lease in its name.
        _ = try await other.acquireLease(holder: lease.holder, until: lease.until + .seconds(1), now: SystemClock().now())
        try log.fail(attackers[1], times: 5)
        let why = try await workplace.waitUntilNotReady()
        #expect(why.contains("is damaged, or its disk cannot be read"), "\(why)")
        #expect(try await daemon.load() < 0.3)
        #expect(daemon.isAlive, "\(daemon.said)")
        damage.mend()
        try log.fail(attackers[2], times: 5)
        for attacker in attackers { try await workplace.waitForBan(of: attacker) }
        try await workplace.waitUntilReady()
        #expect(try await workplace.expectOneIncidentEach(attackers))
        try await other.close()
        #expect(try await daemon.terminate() == 0)
    }
}

/// Every page of a database but the first three has its beginning overwritten.
private struct Damage {
    private static let length = 512
    private let path: String
    private var pages: [(offset: Int, content: [UInt8])] = []

    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else { throw HarnessError("cannot open \(path)") }
        for offset in stride(from: 3 * 4096, to: Int(status.st_size), by: 4096) {
            var content = [UInt8](repeating: 0, count: Self.length)
            guard pread(descriptor, &content, Self.length, offset) == Self.length else { throw HarnessError("cannot read \(path)") }
            pages.append((offset, content))
            let junk = [UInt8](repeating: 0xA5, count: Self.length)
            guard pwrite(descriptor, junk, Self.length, offset) == Self.length else { throw HarnessError("cannot write \(path)") }
        }
    }

    func mend() {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        for page in pages { pwrite(descriptor, page.content, Self.length, page.offset) }
    }
}
