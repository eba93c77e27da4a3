/// The store as one engine uses it: everything it writes carries its fence, also where the writer knows of none, and what
/// comes of each call is noted.
package final class WatchedStore: ForwardingStore {
    package let base: any IncidentStore
    private let fence: Fence?
    private let health: StoreHealthBoard
    private let clock: any WallClock

    package init(
        _ base: any IncidentStore, fence: Fence?, health: StoreHealthBoard = StoreHealthBoard(), clock: any WallClock = SystemClock()
    ) {
        self.base = base
        self.fence = fence
        self.health = health
        self.clock = clock
    }

    package func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        try await noting(isWrite: true) { try await base.commit(batch, fence: fence ?? self.fence) }
        // A batch of nothing without a fence touches nothing, and so proves nothing.
        if !batch.isEmpty || fence ?? self.fence != nil { health.update { $0.written(at: clock.now()) } }
    }

    package func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence? {
        let fence = try await noting(isWrite: true) { try await base.acquireLease(holder: holder, until: until, now: now) }
        health.update { health in
            if fence != nil { health.leased(until: until, at: clock.now()) } else { health.written(at: clock.now()) }
        }
        return fence
    }

    package func releaseLease(_ fence: Fence) async throws { try await noting(isWrite: true) { try await base.releaseLease(fence) } }

    /// All others read.
    package func through<Value>(_ call: String, _ body: () async throws -> Value) async throws -> Value {
        try await noting(isWrite: false, body)
    }

    private func noting<Value>(isWrite: Bool, _ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as StoreError {
            health.update { $0.failed(error, isWrite: isWrite, at: clock.now()) }
            throw error
        }
    }
}
