import Foundation
import Logging
import Riposte
import RiposteSQLite
import RiposteTesting
import Testing

@Suite struct `two on one SQLite file` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `see each other's writes, and are told of them`() async throws {
        let daemon = try await folder.openStore()
        let console = try await folder.openStore()
        let before = try await daemon.changeMarker()
        #expect(try await daemon.changeMarker() == before, "nothing has been written")
        try await console.commit(
            WriteBatch([.putRequest(ControlRequest(id: "r", command: .reloadPlaybooks, actor: "ann", createdAt: start))]))
        #expect(try await daemon.changeMarker() != before)
        #expect(try await daemon.openRequests().map(\.id) == ["r"])
    }

    @Test func `write at once without losing anything`() async throws {
        let stores = [try await folder.openStore(), try await folder.openStore()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 { group.addTask { try await stores[number % 2].put(SourceName("s\(number)")) } }
            try await group.waitForAll()
        }
        for store in stores { #expect(try await store.sourceStates().count == 300) }
    }

    @Test func `never both hold the lease, and the one that lost it cannot write`() async throws {
        let first = try await folder.openStore()
        let second = try await folder.openStore()
        let old = try #require(try await first.acquireLease(holder: "first", until: start + .seconds(10), now: start))
        #expect(try await second.acquireLease(holder: "second", until: start + .seconds(20), now: start) == nil)
        let new = try #require(try await second.acquireLease(holder: "second", until: start + .seconds(30), now: start + .seconds(11)))
        #expect(new > old)
        let error = await #expect(throws: StoreError.self) { try await first.commit(WriteBatch([.putSourceState("s", 1)]), fence: old) }
        #expect(error?.code == .leaseLost)
        #expect(error?.message.contains("“second” holds it") == true)
        try await second.commit(WriteBatch([.putSourceState("s", 2)]), fence: new)
        #expect(try await first.sourceStates() == ["s": 2])
    }

    @Test func `can be two processes`() async throws {
        let path: String = folder.file
        let store = try await folder.openStore()
        try await store.put("here")
        let before = try await store.changeMarker()
        await #expect(processExitsWith: .success) { [path = path as String] in
            let other = try await SQLiteStore.open(path: path)
            guard try await other.sourceStates() == ["here": 1] else { exit(3) }
            try await other.commit(WriteBatch([.putSourceState("there", 2)]))
            // Gone without closing, as after a kill.
            exit(0)
        }
        #expect(try await store.changeMarker() != before)
        #expect(try await store.sourceStates() == ["here": 1, "there": 2])
        try await store.put("again")
    }

    @Test func `an engine carries out what another process asks for at its next look, 50 ms later`() async throws {
        let (own, other) = (try await folder.openStore(), try await folder.openStore())
        let clock = ManualClock()
        let decisions = DecisionBoard()
        let responder = try IncidentResponder(
            playbooks: [Playbook](), actions: [BlockIP(decisions: decisions)], store: own, decisions: decisions, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let service = Task { try await responder.run() }
        let address = try #require(AddressRange("203.0.113.9"))
        // All loops of the engine sleep, and none of them wakes before the clock moves.
        await clock.waitForSleepers(5)
        #expect(clock.nextDeadline == start + .milliseconds(50))
        try await other.commit(
            WriteBatch([
                .putRequest(
                    ControlRequest(
                        id: "r", command: .addDecision(.address(address), type: .ban, durationSeconds: 60, reason: ""), actor: "ann",
                        createdAt: start))
            ]))
        clock.advance(by: .milliseconds(50))
        #expect(try await eventually { try await other.request("r")?.answer != nil })
        #expect(decisions.snapshot.decision(for: address.network, at: clock.now()) != nil)
        #expect(clock.now() == start + .milliseconds(50))
        service.cancel()
        try await service.value
    }

    private let start = ManualClock.defaultStart
}
