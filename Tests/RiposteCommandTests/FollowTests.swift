import Riposte
import RiposteSQLite
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite(.serialized) struct `a daemon that follows a log` {
    private let attacker = Attacker(number: 1)
    private let other = Attacker(number: 2)

    /// Five failures of somebody else: once they are answered, everything before them has been read.
    private func waitUntilRead(_ log: AttackLog, _ workplace: Workplace, by marker: Attacker) async throws {
        try log.fail(marker, times: 5)
        try await workplace.waitForBan(of: marker)
    }

    private func expectOneAnswer(to attacker: Attacker, _ workplace: Workplace) async throws {
        let incidents = try await workplace.riposte("incident", "list", "--target", attacker.address, "-o", "ndjson").records()
        #expect(incidents.count == 1)
        #expect(incidents.first?["count"]?.int == 5)
    }

    /// The log is opened, and where it stands is written, a moment after the daemon serves.
    @discardableResult
    private func waitUntilOpened(_ workplace: Workplace) async throws -> SQLiteStore {
        let store = try await SQLiteStore.open(path: workplace / "riposte.db")
        try await until("it is written where the source stands") { try await store.sourceStates().isEmpty ? nil : true }
        return store
    }

    @Test func `answers the fifth failure after it was killed behind the fourth`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try log.fail(attacker, times: 4)
        try await waitUntilRead(log, workplace, by: other)
        #expect(try await workplace.banned() == [other.address])
        try await daemon.kill()
        try log.fail(attacker)
        let next = try await workplace.serve()
        try await workplace.waitForBan(of: attacker)
        try await expectOneAnswer(to: attacker, workplace)
        try await expectOneAnswer(to: other, workplace)
        #expect(try await next.terminate() == 0)
    }

    /// What was found before is what writes positions most often; here nothing was.
    @Test(arguments: [true, false])
    func `answers what came while it was down, though it had found nothing before it was killed`(isThere: Bool) async throws {
        let workplace = try Workplace(Workplace.settings.replacing(", start: beginning", with: ""))
        if isThere { try AttackLog(workplace / "auth.log").fail(other) }
        let daemon = try await workplace.serve()
        let store = try await waitUntilOpened(workplace)
        let log = try AttackLog(workplace / "auth.log")
        try log.fail(attacker)
        // Written with what is read, once a second at most.
        try await until("it is written that a line was read", every: .milliseconds(600)) { () async throws -> Bool? in
            try log.fail(other)
            return try await store.sourceStates().values.contains { $0["lastEvent"] != nil } ? true : nil
        }
        try await daemon.kill()
        try log.fail(attacker, times: 4)
        let next = try await workplace.serve()
        try await workplace.waitForBan(of: attacker)
        try await expectOneAnswer(to: attacker, workplace)
        #expect(try await next.terminate() == 0)
    }

    @Test func `reads on over a rotation by rename, and what is still written to the old file`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try await waitUntilOpened(workplace)
        try log.fail(attacker, times: 2)
        // Before that it may not have opened the file, and would rightly begin with the new one.
        try await waitUntilRead(log, workplace, by: other)
        #expect(rename(workplace / "auth.log", workplace / "auth.log.1") == 0)
        try log.fail(attacker, times: 2)
        try log.reopen(workplace / "auth.log")
        try log.fail(attacker)
        try await workplace.waitForBan(of: attacker)
        try await expectOneAnswer(to: attacker, workplace)
        #expect(try await daemon.terminate() == 0)
    }

    @Test func `reads on over a rotation that took place while it was down`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try log.fail(attacker, times: 2)
        try await waitUntilRead(log, workplace, by: other)
        try await daemon.kill()
        try log.fail(attacker, times: 2)
        #expect(rename(workplace / "auth.log", workplace / "auth.log.1") == 0)
        try log.reopen(workplace / "auth.log")
        try log.fail(attacker)
        let next = try await workplace.serve()
        try await workplace.waitForBan(of: attacker)
        try await expectOneAnswer(to: attacker, workplace)
        #expect(try await next.terminate() == 0)
    }

    @Test func `begins anew in a file that was truncated, with its detectors' memory`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try log.fail(attacker, times: 3)
        try await waitUntilRead(log, workplace, by: other)
        try log.truncate()
        try log.fail(attacker, times: 2)
        try await workplace.waitForBan(of: attacker)
        try await expectOneAnswer(to: attacker, workplace)
        #expect(try await daemon.terminate() == 0)
    }

    @Test func `waits for a file that is not there yet`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        let log = try AttackLog(workplace / "auth.log")
        try log.fail(attacker, times: 5)
        try await workplace.waitForBan(of: attacker)
        #expect(try await daemon.terminate() == 0)
    }

    @Test func `does not bring a decision back that a person has taken back`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try log.fail(attacker, times: 5)
        try await workplace.waitForBan(of: attacker)
        #expect(try await workplace.riposte("decision", "remove", attacker.address).code == 0)
        try log.fail(attacker)
        try await waitUntilRead(log, workplace, by: other)
        #expect(try await workplace.banned() == [other.address])
        #expect(try await daemon.terminate() == 0)
    }
}
