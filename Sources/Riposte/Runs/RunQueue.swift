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
        /// Who waits for a run that is at least as severe.
        var waiters: [Severity: CheckedContinuation<Void, Never>] = [:]

        func holds(_ least: Severity) -> Bool { items.keys.contains { $0 >= least } }

        mutating func takeWaiters(_ isWoken: (Severity) -> Bool) -> [CheckedContinuation<Void, Never>] {
            let woken = waiters.filter { isWoken($0.key) }
            for severity in woken.keys { waiters[severity] = nil }
            return Array(woken.values)
        }
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
    private let ended = Broadcast()

    init() {}

    var isEmpty: Bool { state.withLock { $0.items.isEmpty } }

    /// Adds a run; one that waits or is being driven already is not added again.
    func add(_ run: PlaybookRun, isResumed: Bool) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard state.known.insert(run.id).inserted else { return [] }
            let isHeld = state.held < Self.heldLimit
            if isHeld { state.held += 1 }
            state.items[run.severity, default: Line()].append(Item(id: run.id, run: isHeld ? run : nil, isResumed: isResumed))
            return state.takeWaiters { run.severity >= $0 }
        }
        for waiter in waiters { waiter.resume() }
    }

    /// The next run that is at least so severe, if one waits.
    func take(atLeast least: Severity = .info) -> Item? {
        state.withLock { state in
            guard let severity = state.items.keys.max(), severity >= least, let item = state.items[severity]?.takeFirst() else {
                return nil
            }
            if state.items[severity]?.isEmpty == true { state.items[severity] = nil }
            if item.run != nil { state.held -= 1 }
            return item
        }
    }

    /// How many wait or are being driven.
    var count: Int { state.withLock { $0.known.count } }

    /// The run is no longer being driven.
    func done(_ id: RunID) {
        state.withLock { _ = $0.known.remove(id) }
        ended.wake()
    }

    /// Returns when none of these runs waits or is being driven, or the task is cancelled.
    func waitUntilDone(_ runs: [RunID]) async { await ended.wait { self.state.withLock { $0.known.isDisjoint(with: runs) } } }

    /// Returns when no run waits or is being driven, or the task is cancelled.
    func waitUntilIdle() async { await ended.wait { self.count == 0 } }

    /// Claims a run for the caller without queueing it; false where somebody has it.
    func claim(_ id: RunID) -> Bool { state.withLock { $0.known.insert(id).inserted } }

    /// Returns when a run that is at least so severe waits, or the task is cancelled. For one waiter of each severity.
    func waitForItem(atLeast least: Severity = .info) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard !state.holds(least), !Task.isCancelled else { return true }
                    state.waiters[least] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }

    func wake() {
        for waiter in state.withLock({ state in state.takeWaiters { _ in true } }) { waiter.resume() }
    }
}
