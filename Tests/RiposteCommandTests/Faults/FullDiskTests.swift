import Riposte
import Testing

@Suite(.enabled(if: SmallDisk.isPossible, "needs the right to mount a tmpfs"))
struct `a full disk under a daemon` {
    private let workplace: Workplace
    private let disk: SmallDisk

    init() throws {
        workplace = try Workplace(Workplace.settingsOnDisk)
        disk = try SmallDisk(in: workplace, kilobytes: 16_384)
    }

    @Test func `is said while it lasts, costs no processor, loses nothing, and is over without a restart`() async throws {
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        // So many that what is written of them has no room in the part of the store's log that is there already and is used anew.
        let attackers = (1...60).map(Attacker.init)
        try log.fail(attackers[0], times: 5)
        try await workplace.waitForBan(of: attackers[0])
        #expect(try await workplace.riposte("decision", "add", "203.0.113.9").code == 0)
        try disk.fill()
        for attacker in attackers.dropFirst() { try log.fail(attacker, times: 5) }
        let why = try await workplace.waitUntilNotReady()
        #expect(why.contains("the disk is full"), "\(why)")
        #expect(try await daemon.load() < 0.3)
        // What is small finds room there for a while.
        var taken = ["203.0.113.9"]
        func next() -> String { "203.0.113.\(9 + taken.count)" }
        var refused = try await workplace.riposte("decision", "add", next())
        while refused.code == 0, taken.count < 200 {
            taken.append(next())
            refused = try await workplace.riposte("decision", "add", next())
        }
        #expect(refused.code == 1)
        #expect(refused.errors.contains("the disk is full"), "\(refused.errors)")
        let kept = try await workplace.banned()
        #expect(Set(kept).isSuperset(of: [attackers[0].address, "203.0.113.9"]), "what is in force can be looked up: \(kept)")
        disk.free()
        try await workplace.waitUntilReady()
        // Nothing of it was written, or it says that it was asked for; here and there room for a line is left.
        let stays = refused.errors.contains("The request stays in the store")
        let wanted = attackers.map(\.address) + taken + (stays ? [next()] : [])
        let banned = try await until("everything is in force", every: .milliseconds(100)) {
            let banned = try await workplace.banned()
            return banned.count >= wanted.count ? banned : nil
        }
        #expect(banned.sorted() == wanted.sorted(), "\(refused.all)\(daemon.said)")
        #expect(daemon.isAlive, "\(daemon.said)")
        #expect(daemon.said.split(separator: "\n").count { $0.contains("the disk is full") } < 10, "\(daemon.said)")
        #expect(try await daemon.terminate() == 0)
    }

    @Test func `does not keep a daemon from ending in order, and what could not be read is read by the next`() async throws {
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try disk.fill()
        try log.fail(Attacker(number: 1), times: 5)
        _ = try await workplace.waitUntilNotReady()
        #expect(try await daemon.terminate() == 0, "\(daemon.said)")
        disk.free()
        let next = try await workplace.serve()
        try await workplace.waitForBan(of: Attacker(number: 1))
        #expect(try await workplace.expectOneIncidentEach([Attacker(number: 1)]))
        #expect(try await next.terminate() == 0)
    }

    @Test func `is said by a daemon that is started on it`() async throws {
        try disk.fill()
        let outcome = try await workplace.riposte("serve")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("full"), "\(outcome.errors)")
    }
}
