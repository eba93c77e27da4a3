internal import Synchronization

/// Runs that wait for a place: new ones, and those that go on after a restart. The most severe go first. What is held in
/// memory is bounded: of more than ``heldLimit`` only the names are kept, and the store has the rest.
final class RunQueue: Sendable {
    struct Item: Sendable {
        var id: RunID
        /// `nil` = to be read from the store.
        var run: PlaybookRun?
        var isResumed: Bool
        /// Of a run whose first step is begun: what carries it on.
        var driver: RunDriver?
    }

    private struct State {
        /// By severity, longest waiting first.
        var items: [Severity: Line] = [:]
        var held = 0
        var known: Set<RunID> = []
        /// How many runs are driven at the same time; `nil` while nobody drives any.
        var places: Int?
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

        mutating func takeBegun() -> [Item] {
            let (begun, rest) = items[head...].compactMap(\.self).partitioned { $0.driver != nil }
            (items, head) = (rest, 0)
            return begun
        }
    }

    static let heldLimit = 1000
    private let state = Mutex(State())
    private let ended = Broadcast()

    init() {}

    var isEmpty: Bool { state.withLock { $0.items.isEmpty } }

    /// Somebody drives runs from now on, so many at a time.
    func open(places: Int) { state.withLock { $0.places = places } }

    /// Nobody does any more. Those that are begun are for the caller to carry on.
    func close() -> [Item] {
        state.withLock { state in
            state.places = nil
            let begun = state.items.keys.flatMap { state.items[$0]?.takeBegun() ?? [] }
            state.items = state.items.filter { !$0.value.isEmpty }
            state.held -= begun.count
            return begun
        }
    }

    /// How many more runs would have a place at once.
    var room: Int { state.withLock { state in state.places.map { max($0 - state.known.count, 0) } ?? 0 } }

    /// Adds a run; one that waits or is being driven already is not added again.
    func add(_ run: PlaybookRun, isResumed: Bool) { _ = add(Item(id: run.id, run: run, isResumed: isResumed), run.severity) }

    /// Adds a run whose first step is begun. The answer is for the caller to carry on: nobody drives runs any more.
    func add(_ driver: RunDriver) -> Item? {
        add(Item(id: driver.run.id, run: driver.run, isResumed: false, driver: driver), driver.run.severity)
    }

    private func add(_ item: Item, _ severity: Severity) -> Item? {
        let (refused, waiters) = state.withLock { state -> (Item?, [CheckedContinuation<Void, Never>]) in
            guard state.known.insert(item.id).inserted else { return (nil, []) }
            if item.driver != nil, state.places == nil { return (item, []) }
            var item = item
            if item.driver == nil, state.held >= Self.heldLimit { item.run = nil }
            if item.run != nil { state.held += 1 }
            state.items[severity, default: Line()].append(item)
            return (nil, state.takeWaiters { severity >= $0 })
        }
        for waiter in waiters { waiter.resume() }
        return refused
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
