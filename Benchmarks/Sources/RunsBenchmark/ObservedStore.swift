import Riposte
import Synchronization

/// A store that counts what is written, and tells when a run's end is on disk.
final class ObservedStore: ForwardingStore {
    fileprivate struct State {
        var rows = 0
        var ended: Set<RunID> = []
        var waiting: [RunID: CheckedContinuation<Void, Never>] = [:]
    }

    let base: any IncidentStore
    private let fence: Fence?
    private let state = Mutex(State())

    /// - Parameter fence: what the daemon writes with, which holds the store's lease.
    init(_ base: any IncidentStore, fence: Fence?) {
        self.base = base
        self.fence = fence
    }

    var rows: Int { state.withLock(\.rows) }

    /// Returns when the last entry of the run's journal is on disk.
    func end(of run: RunID) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.ended.remove(run) == nil else { return true }
                state.waiting[run] = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        try await base.commit(batch, fence: self.fence)
        for continuation in state.withLock({ $0.committed(batch) }) { continuation.resume() }
    }
}

extension ObservedStore.State {
    mutating func committed(_ batch: WriteBatch) -> [CheckedContinuation<Void, Never>] {
        rows += batch.operations.count
        var resumed: [CheckedContinuation<Void, Never>] = []
        for case .appendJournal(let entry) in batch.operations {
            guard case .sealed = entry.record else { continue }
            if let continuation = waiting.removeValue(forKey: entry.runID) {
                resumed.append(continuation)
            } else {
                ended.insert(entry.runID)
            }
        }
        return resumed
    }
}
