internal import Synchronization

/// Runs that wait for a place: new ones, and those that go on after a restart. Bounded by the store, where each is
/// already on disk.
final class RunQueue: Sendable {
    struct Item: Sendable {
        var run: PlaybookRun
        var isResumed: Bool
    }

    private struct State {
        var items: [Item] = []
        var known: Set<RunID> = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    init() {}

    /// Adds a run; one that waits or is being driven already is not added again.
    func add(_ run: PlaybookRun, isResumed: Bool) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.known.insert(run.id).inserted else { return nil }
            state.items.append(Item(run: run, isResumed: isResumed))
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// The next run, if one waits.
    func take() -> Item? { state.withLock { $0.items.isEmpty ? nil : $0.items.removeFirst() } }

    /// How many wait or are being driven.
    var count: Int { state.withLock { $0.known.count } }

    /// The run is no longer being driven.
    func done(_ id: RunID) { state.withLock { _ = $0.known.remove(id) } }

    /// Claims a run for the caller without queueing it; false where somebody has it.
    func claim(_ id: RunID) -> Bool { state.withLock { $0.known.insert(id).inserted } }

    /// Returns when a run waits, or the task is cancelled. For one waiter.
    func waitForItem() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.items.isEmpty, !Task.isCancelled else { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }

    func wake() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
