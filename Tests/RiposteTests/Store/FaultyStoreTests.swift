import Riposte
import RiposteTesting
import Testing

@Suite struct `a store that fails on purpose` {
    private let base = InMemoryStore()

    @Test(arguments: StoreContract.cases)
    func `keeps the contract while it is told nothing`(_ part: StoreContract.Case) async throws {
        try await StoreContract { FaultyStore(InMemoryStore()) }.check(part)
    }

    @Test func `counts and names every call`() async throws {
        let store = FaultyStore(base)
        try await put("a", in: store)
        _ = try await store.lease()
        #expect(store.calls == 2)
        #expect(store.log == ["commit(_:fence:)", "lease()"])
    }

    @Test func `stops before a call, and that call is not carried out`() async throws {
        let store = FaultyStore(base)
        store.crash(at: 2, when: .before)
        try await put("a", in: store)
        await #expect(throws: SimulatedCrash.self) { try await put("b", in: store) }
        await #expect(throws: SimulatedCrash.self) { try await store.sourceStates() }
        #expect(store.hasCrashed)
        #expect(try await base.sourceStates() == ["a": 1])
    }

    @Test func `stops after a call, which is carried out and never answered`() async throws {
        let store = FaultyStore(base)
        store.crash(at: 2, when: .after)
        try await put("a", in: store)
        await #expect(throws: SimulatedCrash.self) { try await put("b", in: store) }
        await #expect(throws: SimulatedCrash.self) { try await put("c", in: store) }
        #expect(try await base.sourceStates() == ["a": 1, "b": 1])
    }

    @Test func `fails one call and goes on`() async throws {
        let store = FaultyStore(base)
        store.fail(at: 1, with: StoreError(.busy, "just once"))
        await #expect(throws: StoreError(.busy, "just once")) { try await put("a", in: store) }
        try await put("b", in: store)
        #expect(try await base.sourceStates() == ["b": 1])
    }

    @Test func `is down until it is brought back`() async throws {
        let store = FaultyStore(base)
        store.failing(true)
        await #expect(throws: StoreError.self) { try await put("a", in: store) }
        await #expect(throws: StoreError.self) { try await store.sourceStates() }
        store.failing(false)
        try await put("b", in: store)
        #expect(try await store.sourceStates() == ["b": 1])
    }

    private func put(_ source: SourceName, in store: FaultyStore) async throws {
        try await store.commit(WriteBatch([.putSourceState(source, 1)]))
    }
}
