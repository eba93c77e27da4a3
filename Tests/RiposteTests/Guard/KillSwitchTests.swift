import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the kill switch` {
    @Test func `while it is thrown nothing is touched, and what waits goes on afterwards`() async throws {
        let bench = try Bench([.containment])
        try await bench.responder.pause(actor: "ann", reason: "drill")
        let runs = try await bench.responder.handle(anomaly("a", users: ["alice"]))
        try await bench.responder.drain()
        #expect(!bench.blocks("203.0.113.9"))
        #expect(!bench.locks("alice"))
        #expect(try await bench.disk.journal(of: runs[0]).isEmpty)
        try await bench.responder.resume(actor: "ann")
        try await bench.responder.drain()
        #expect(bench.blocks("203.0.113.9"))
        #expect(bench.locks("alice"))
    }

    @Test func `it is obeyed when another process throws it in the store`() async throws {
        let bench = try Bench([.containment])
        _ = try await bench.responder.handle(anomaly("a"))
        try await bench.disk.pause(at: bench.clock.now(), actor: "ann", reason: "")
        try await bench.responder.drain()
        #expect(!bench.blocks("203.0.113.9"))
        try await bench.disk.resume(at: bench.clock.now(), actor: "bob")
        try await bench.responder.drain()
        #expect(bench.blocks("203.0.113.9"))
    }

    @Test func `its record that cannot be read counts as paused, and is made anew by throwing it`() async throws {
        let bench = try Bench([.containment])
        let runs = try await bench.responder.handle(anomaly("a"))
        try await bench.disk.commit(WriteBatch([.putGuardState(.pauses, ["pauses": "?"])]))
        let error = try await #require(throws: StoreError.self) { try await bench.responder.drain() }
        #expect(error.message.hasPrefix("the record of pauses is damaged"))
        await #expect(throws: StoreError.self) { try await bench.disk.resume(at: bench.clock.now(), actor: "ann") }
        #expect(!bench.blocks("203.0.113.9"))
        #expect(try await bench.disk.journal(of: runs[0]).isEmpty)
        #expect(try await !bench.disk.pause(at: bench.clock.now(), actor: "ann", reason: "").wasPaused)
        try await bench.disk.resume(at: bench.clock.now(), actor: "ann")
        try await bench.responder.drain()
        #expect(bench.blocks("203.0.113.9"))
    }

    @Test(arguments: [true, false])
    func `a run between two steps stops before the next one, also where the engine had not looked for a second`(
        isTold: Bool
    ) async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step("pauser"), Step(.blockIP)])])
        let (disk, clock, responder) = (bench.disk, bench.clock, bench.responder)
        try bench.responder.extend("pauser") { context in
            if isTold { try await responder.pause(actor: "ann") } else { try await disk.pause(at: clock.now(), actor: "ann", reason: "") }
            clock.advance(by: .seconds(2))
            return .success("paused")
        }
        _ = try await bench.responder.handle(anomaly("a"))
        try await bench.responder.drain()
        #expect(!bench.blocks("203.0.113.9"))
        try await bench.disk.resume(at: clock.now(), actor: "bob")
        try await bench.responder.drain()
        #expect(bench.blocks("203.0.113.9"))
    }

    @Test func `by hand nothing is done either, and the message says why and what to do`() async throws {
        let bench = try Bench([.containment])
        try await bench.responder.pause(actor: "ann", reason: "is it us?")
        for attempt in [
            { _ = try await bench.responder.runPlaybook("containment", context: ["ip": "203.0.113.9"]) },
            { _ = try await bench.responder.addDecision(target("203.0.113.9"), duration: nil, actor: "bob", reason: "") },
        ] as [() async throws -> Void] {
            let error = try await #require(throws: ResponderError.self) { try await attempt() }
            #expect(error.code == .paused)
            #expect(error.message == "Riposte is paused since 2026-11-20T12:00:00Z by ann: is it us?; first: riposte resume")
        }
        #expect(!bench.blocks("203.0.113.9"))
        #expect(try await bench.incidents.isEmpty)
    }

    @Test func `what is in force still ends at its time, and can be taken back`() async throws {
        let bench = try Bench([.containment])
        try await bench.answer(anomaly("a"))
        try await bench.answer(anomaly("b", from: "203.0.113.10"))
        try await bench.responder.pause(actor: "ann")
        try await bench.responder.removeDecisions(on: target("203.0.113.9"), actor: "ann")
        #expect(!bench.blocks("203.0.113.9"))
        #expect(bench.blocks("203.0.113.10"))
        try await bench.pass(.minutes(60))
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `deadlines stand still meanwhile`() async throws {
        let bench = try Bench([.containment])
        let runs = try await bench.responder.handle(anomaly("a", users: ["alice"]))
        try await bench.responder.pause(actor: "ann")
        try await bench.pass(.hours(5))
        try await bench.responder.resume(actor: "ann")
        try await bench.responder.drain()
        #expect(try await bench.disk.run(runs[0])?.status == .succeeded)
    }

    @Test func `a restart does not lift it`() async throws {
        let bench = try Bench([.containment])
        try await bench.responder.pause(actor: "ann")
        let next = try Bench([.containment], disk: bench.disk, clock: bench.clock)
        try await next.answer(anomaly("a"))
        #expect(!next.blocks("203.0.113.9"))
        #expect(next.responder.pauseInForce?.actor == "ann")
    }

    @Test func `why says that it is thrown`() async throws {
        let bench = try Bench()
        try await bench.responder.pause(actor: "ann", reason: "drill")
        #expect(
            try await bench.why("203.0.113.9").contains(
                "paused since 2026-11-20T12:00:00Z by ann: drill; nothing is done until: riposte resume"))
    }

    @Test func `why says also later whose run it has refused, of the last hundred`() async throws {
        let bench = try Bench([.containment])
        try await bench.responder.pause(actor: "ann", reason: "drill")
        func run(on address: String, for reason: String) async {
            await #expect(throws: ResponderError.self) {
                try await bench.responder.runPlaybook("containment", context: ["ip": address], actor: "bob", reason: reason)
            }
        }
        await run(on: "203.0.113.9", for: "it is them")
        await run(on: "203.0.113.10", for: "")
        bench.clock.advance(by: .hours(1))
        try await bench.responder.resume(actor: "ann")
        let line =
            "2026-11-20T12:00:00Z playbook containment, run by bob (it is them), was refused: paused since 2026-11-20T12:00:00Z by ann: drill"
        let said = try await bench.why("203.0.113.9")
        #expect(said.split(separator: "\n").dropFirst() == ["  \(line)"], "\(said)")
        #expect(try await bench.why("203.0.113.0/24").split(separator: "\n").count { $0.contains("was refused") } == 2)
        #expect(try await bench.why("user:alice").contains("nothing is known of it"))
        try await bench.responder.pause(actor: "ann")
        for _ in 0..<100 { await run(on: "203.0.113.11", for: String(repeating: "?", count: 5000)) }
        #expect(try await !bench.why("203.0.113.9").contains("was refused"))
        #expect(try await bench.why("203.0.113.11").split(separator: "\n").allSatisfy { $0.count < 1000 })
    }

    @Test func `throwing it twice keeps the first, and ending it twice does nothing`() async throws {
        let store = InMemoryStore()
        #expect(try await !store.pause(at: noon, actor: "ann", reason: "a").wasPaused)
        let again = try await store.pause(at: noon + .seconds(5), actor: "bob", reason: "b")
        #expect(again.wasPaused && again.pause.actor == "ann")
        #expect(try await store.resume(at: noon + .seconds(9), actor: "bob")?.since == noon)
        #expect(try await store.resume(at: noon + .seconds(10), actor: "bob") == nil)
        #expect(try await store.pauseHistory().pauses.last?.resumedBy == "bob")
        #expect(try await store.pauseHistory().time(from: noon - .hours(1), to: noon + .hours(1)) == .seconds(9))
    }
}
