import Riposte
import Synchronization

/// A store that holds back one commit until it is told to go on.
final class SlowStore: ForwardingStore {
    let isHolding = Signal()
    let release = Signal()
    let base: any IncidentStore
    private let condition = Mutex<(@Sendable ([StoreOperation]) -> Bool)?>(nil)

    init(_ base: any IncidentStore) { self.base = base }

    /// Holds back the next commit for which `condition` is true.
    func hold(where condition: @escaping @Sendable ([StoreOperation]) -> Bool) { self.condition.withLock { $0 = condition } }

    func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        let isHeld = condition.withLock { condition in
            guard condition?(batch.operations) == true else { return false }
            condition = nil
            return true
        }
        if isHeld {
            isHolding.set()
            await release.wait()
        }
        try await base.commit(batch, fence: fence)
    }
}
