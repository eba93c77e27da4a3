internal import Synchronization

/// Runs that wait for a place: new ones, and those that go on after a restart. The most severe go first. What is held in
/// memory is bounded: of more than ``heldLimit`` only the names are kept, and the store has the rest.
final class RunQueue: Sendable {
    struct Item: Sendable {
        var id: RunID
        /// `nil` = to be read from the store.
        var run: PlaybookRun?
        var isResumed: Bool
    }

    private struct State {
        /// By severity, longest waiting first.
        var items: [Severity: Line] = [:]
        var held = 0
        var known: Set<RunID> = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// First in, first out, without moving the rest at each step.
    private struct Line {
        private var items: [Item?] = []
        private var head = 0
        var isEmpty: Bool { head == items.count }

        mutating func append(_ item: Item) { items.append(item) }

        mutating func takeFirst() -> Item? {
            guard !isEmpty else { return nil }
            let first = items[head]
            items[head] = nil
            head += 1
            if head > 64, head * 2 > items.count {
                items.removeFirst(head)
                head = 0
            }
            return first
        }
    }

    static let heldLimit = 1000
    private let state = Mutex(State())

    init() {}

    var isEmpty: Bool { state.withLock { $0.items.isEmpty } }

    /// Adds a run; one that waits or is being driven already is not added again.
    func add(_ run: PlaybookRun, isResumed: Bool) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.known.insert(run.id).inserted else { return nil }
            let isHeld = state.held < Self.heldLimit
            if isHeld { state.held += 1 }
            state.items[run.severity, default: Line()].append(Item(id: run.id, run: isHeld ? run : nil, isResumed: isResumed))
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// The next run, if one waits.
    func take() -> Item? {
        state.withLock { state in
            guard let severity = state.items.keys.max(), let item = state.items[severity]?.takeFirst() else { return nil }
            if state.items[severity]?.isEmpty == true { state.items[severity] = nil }
            if item.run != nil { state.held -= 1 }
            return item
        }
    }

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
