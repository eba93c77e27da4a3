import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the allowlist` {
    @Test(arguments: ["203.0.113.9", "203.0.113.0/24"])
    func `lifts what is in force, and keeps new effects off`(listed: String) async throws {
        let bench = try Bench([.containment])
        try await bench.answer(anomaly("a"))
        #expect(bench.blocks("203.0.113.9"))
        let (_, lifted) = try await bench.responder.allow(target(listed), for: .hours(1), actor: "ann", reason: "the new office")
        #expect(lifted.map(\.note) == ["undone by ann: allowlisted: the new office"])
        #expect(!bench.blocks("203.0.113.9"))
        let report = try #require(try await bench.answer(anomaly("b", .bruteForceByAddress, .critical)).first)
        #expect(report.story.first == "block_ip 203.0.113.9 refused")
        #expect(report.steps.first?.outcome.message.contains("on the allowlist until") == true)
        #expect(try await bench.why("203.0.113.9").contains("by ann: the new office"))
    }

    @Test func `an overlap refuses and lifts: a ban of a network around a listed address`() async throws {
        let bench = try Bench([.containment])
        try await bench.responder.addDecision(target("203.0.113.0/24"), duration: nil, actor: "bob", reason: "")
        try await bench.responder.allow(target("203.0.113.9"), for: nil, actor: "ann", reason: "office")
        #expect(!bench.blocks("203.0.113.77"))
        let error = try await #require(throws: ResponderError.self) {
            try await bench.responder.addDecision(target("203.0.113.0/25"), duration: nil, actor: "bob", reason: "")
        }
        #expect(error.message.contains("203.0.113.0/25 overlaps 203.0.113.9, which is on the allowlist, by ann: office"))
    }

    @Test func `an account is unlocked, and not locked again`() async throws {
        let bench = try Bench([.containment])
        try await bench.answer(anomaly("a", users: ["alice"]))
        #expect(bench.locks("alice"))
        try await bench.responder.allow(.user("alice"), for: .hours(1), actor: "ann", reason: "")
        #expect(!bench.locks("alice"))
        try await bench.responder.runPlaybook("containment", context: ["user": "alice"])
        #expect(!bench.locks("alice"))
    }

    @Test func `an entry ends at its time, and when it is removed`() async throws {
        let bench = try Bench([.containment])
        try await bench.responder.allow(target("203.0.113.9"), for: .hours(1), actor: "ann", reason: "")
        try await bench.responder.allow(target("203.0.113.10"), for: nil, actor: "ann", reason: "")
        try await bench.pass(.minutes(61))
        try await bench.answer(anomaly("a", at: bench.clock.now()))
        #expect(bench.blocks("203.0.113.9"))
        #expect(try await bench.responder.disallow(target("203.0.113.10"), actor: "ann").count == 1)
        try await bench.answer(anomaly("b", from: "203.0.113.10", at: bench.clock.now()))
        #expect(bench.blocks("203.0.113.10"))
        #expect(try await bench.disk.allowlist().count == 2)
    }

    @Test func `the detectors forget what a listed target has done`() async throws {
        let bench = try Bench()
        try await bench.responder.allow(target("203.0.113.9"), for: .hours(1), actor: "ann", reason: "")
        #expect(bench.responder.forgotten.take().map(\.target) == [target("203.0.113.9")])
    }

    @Test func `it holds over a restart, and lifts what was put in force meanwhile`() async throws {
        let bench = try Bench([.containment])
        try await bench.answer(anomaly("a"))
        let entry = StoreSamples.allowlistEntry("alw-1")
        var listed = entry
        (listed.target, listed.isOperator) = (target("203.0.113.9"), false)
        try await bench.disk.commit(WriteBatch([.putAllowlistEntry(listed)]))
        let next = try Bench([.containment], disk: bench.disk, clock: bench.clock)
        try await next.responder.drain()
        #expect(!next.blocks("203.0.113.9"))
        #expect(try await next.effects([.active]).isEmpty)
    }

    @Test func `a step that was under way when the target was listed is taken back`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step("hold")])])
        let (disk, responder) = (bench.disk, bench.responder)
        var entry = StoreSamples.allowlistEntry()
        entry.target = target("203.0.113.9")
        let listed = entry
        try responder.extend(
            WorldAction(in: bench.world) { moment in
                guard case .afterTouch = moment else { return }
                try await disk.commit(WriteBatch([.putAllowlistEntry(listed)]))
                try await responder.lookAtGuard()
            })
        try await bench.answer(anomaly("a"))
        try await bench.responder.drain()
        #expect(bench.world.touches.map(\.what) == [.done, .takenBack])
        #expect(bench.world.held.isEmpty)
    }

    @Test func `too wide a network is refused, and pause is named`() async throws {
        let bench = try Bench()
        let error = try await #require(throws: ResponderError.self) {
            try await bench.responder.allow(target("0.0.0.0/0"), for: nil, actor: "ann", reason: "")
        }
        #expect(error.message.contains("riposte pause"))
    }

    @Test func `where an operator works from is protected, before the allowlist and anything else`() async throws {
        let bench = try Bench([.containment])
        try await bench.answer(anomaly("a"))
        try await bench.responder.noteOperator("ann", at: try #require(IPAddress("203.0.113.9")))
        #expect(!bench.blocks("203.0.113.9"))
        for wanted in ["203.0.113.9", "203.0.113.0/24"] {
            let error = try await #require(throws: ResponderError.self) {
                try await bench.responder.addDecision(target(wanted), duration: nil, actor: "bob", reason: "")
            }
            #expect(error.message.contains("where the operator ann works from, protected until 2026-11-21T00:00:00Z"))
        }
        #expect(try await bench.disk.allowlist().count == 1)
        try await bench.responder.noteOperator("ann", at: try #require(IPAddress("203.0.113.9")))
        #expect(try await bench.disk.allowlist().count == 1)
        try await bench.pass(.hours(13))
        try await bench.responder.addDecision(target("203.0.113.9"), duration: nil, actor: "bob", reason: "")
        #expect(bench.blocks("203.0.113.9"))
    }
}
