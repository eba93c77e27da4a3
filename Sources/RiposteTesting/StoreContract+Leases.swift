internal import Riposte

extension StoreContract {
    static let leases: [Case] = [
        Case(name: "a lease is held, renewed, refused to others, and taken over when it has expired", run: { try await $0.checkLease() }),
        Case(name: "a released lease is free at once, and its fence is never given out again", run: { try await $0.checkRelease() }),
        Case(name: "a write with a fence that is no longer the holder's is refused whole", run: { try await $0.checkFence() }),
    ]

    private static let now = StoreSamples.start

    private func checkLease() async throws {
        let now = Self.now
        let first = try await store()
        let fence = try await take(first, "a", until: now + .seconds(10), now: now)
        let store = try await reopen(first)
        let expected = Lease(holder: "a", until: now + .seconds(10), fence: fence)
        try require(try await store.lease(), is: expected, "the lease")
        try require(
            try await store.acquireLease(holder: "b", until: now + .seconds(30), now: now + .seconds(9)) == nil, "b was given a's lease")
        try require(try await take(store, "a", until: now + .seconds(20), now: now + .seconds(9)), is: fence, "the fence of a renewal")
        try require(try await store.lease()?.until, is: now + .seconds(20), "the end of a renewed lease")
        try require(
            try await store.acquireLease(holder: "b", until: now + .seconds(30), now: now + .seconds(19)) == nil,
            "b was given a's renewed lease")
        let next = try await take(store, "b", until: now + .seconds(40), now: now + .seconds(20))
        try require(next > fence, "the fence \(next.number) of the next holder is not above \(fence.number)")
        try require(
            try await store.acquireLease(holder: "a", until: now + .seconds(60), now: now + .seconds(21)) == nil, "a was given b's lease")
        try require(try await store.lease()?.holder, is: "b", "the holder after a takeover")
    }

    private func checkRelease() async throws {
        let now = Self.now
        let store = try await store()
        let fence = try await take(store, "a", until: now + .seconds(10), now: now)
        try await store.releaseLease(Fence(fence.number + 7))
        try require(try await store.lease()?.holder, is: "a", "the holder after somebody released another fence")
        try await store.releaseLease(fence)
        try require(try await store.lease() == nil, "a lease after its release")
        try await require(.leaseLost, "a write after the release") {
            try await store.commit(WriteBatch([.putSourceState("s", 1)]), fence: fence)
        }
        let again = try await take(try await reopen(store), "a", until: now + .seconds(10), now: now)
        try require(again > fence, "the fence after a release is not higher")
    }

    private func checkFence() async throws {
        let now = Self.now
        let store = try await store()
        try await require(.leaseLost, "a fence that was never given") {
            try await store.commit(WriteBatch([.putSourceState("s", 0)]), fence: Fence(1))
        }
        let old = try await take(store, "a", until: now + .seconds(10), now: now)
        try await store.commit(WriteBatch([.putSourceState("s", 1)]), fence: old)
        try await store.commit(WriteBatch(), fence: old)
        let new = try await take(store, "b", until: now + .seconds(30), now: now + .seconds(11))
        let batch = WriteBatch([.putSourceState("s", 2), .putGuardState("g", 1)])
        try await require(.leaseLost, "a write with the old fence") { try await store.commit(batch, fence: old) }
        try await require(.leaseLost, "an empty write with the old fence") { try await store.commit(WriteBatch(), fence: old) }
        try require(try await store.sourceStates(), is: ["s": 1], "source states after a refused write")
        try require(try await store.guardState("g") == nil, "a piece of guard state from a refused write")
        try await store.commit(WriteBatch([.putSourceState("s", 3)]), fence: new)
        try await store.commit(WriteBatch([.putSourceState("t", 4)]))
        try require(
            try await store.sourceStates(), is: ["s": 3, "t": 4], "source states after writes by the holder, and by nobody in particular")
    }

    private func take(_ store: any IncidentStore, _ holder: String, until: Timestamp, now: Timestamp) async throws -> Fence {
        guard let fence = try await store.acquireLease(holder: holder, until: until, now: now) else {
            throw ContractViolation("\(holder) could not take a lease that nobody else holds")
        }
        return fence
    }
}
