import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a watched store` {
    private let board = StoreHealthBoard()
    private let clock = ManualClock()
    private let base = FaultyStore(InMemoryStore())

    private func store(_ fence: Fence? = nil) -> WatchedStore { WatchedStore(base, fence: fence, health: board, clock: clock) }

    @Test(arguments: StoreContract.cases)
    func `keeps the contract`(_ part: StoreContract.Case) async throws {
        try await StoreContract { WatchedStore(InMemoryStore(), fence: nil) }.check(part)
    }

    @Test func `puts its fence on what is written without one, so that who has lost the lease writes nothing`() async throws {
        let old = try #require(try await base.acquireLease(holder: "a", until: noon + .seconds(10), now: noon))
        let outbox = store(old)
        try await outbox.commit(WriteBatch([.putSourceState("s", 1)]))
        _ = try #require(try await base.acquireLease(holder: "b", until: noon + .seconds(30), now: noon + .seconds(11)))
        let error = await #expect(throws: StoreError.self) { try await outbox.commit(WriteBatch([.putSourceState("s", 2)])) }
        #expect(error?.code == .leaseLost)
        #expect(try await base.sourceStates() == ["s": 1])
    }

    @Test func `notes writes that fail and the one that works again`() async throws {
        base.failing(true)
        await #expect(throws: StoreError.self) { try await store().commit(WriteBatch([.putSourceState("s", 1)])) }
        #expect(board.current.writing?.error.code == .cannotWrite)
        base.failing(false)
        _ = try await store().lease()
        #expect(board.current.writing != nil, "that something can be read proves nothing")
        _ = try await store().acquireLease(holder: "a", until: noon + .seconds(10), now: noon)
        #expect(board.current.writing == nil)
        #expect(board.current.writtenAt == noon)
        #expect(board.current.leaseEnd == noon + .seconds(10))
    }

    @Test func `notes reads that fail`() async throws {
        base.failing(true, with: StoreError(.cannotRead, "told to fail"))
        await #expect(throws: StoreError.self) { try await store().openOutboxItems() }
        #expect(board.current.reasons(at: noon).map(\.message) == ["told to fail"])
    }
}
