public import Riposte
internal import Synchronization

/// A clock that moves when a test says so.
///
/// Whoever sleeps on it waits until ``advance(by:)``, ``advance(to:)`` or ``set(_:)`` brings it to the deadline. With
/// `autoAdvances` the clock jumps to the deadline of whoever sleeps and nobody waits: for retries and pauses that a test
/// wants behind it. (A loop that sleeps for ever then runs as fast as it can: stop it, or do not let the clock run by itself.)
public final class ManualClock: WallClock {
    /// Whether a sleep moves the clock to its deadline and returns.
    public let autoAdvances: Bool
    private let state: Mutex<State>

    /// 2026-11-20T12:00:00Z, where a clock starts if nothing else is said.
    public static let defaultStart = Timestamp(seconds: 1_795_176_000)

    /// Creates a clock that stands at `start`.
    public init(_ start: Timestamp = ManualClock.defaultStart, autoAdvances: Bool = false) {
        self.autoAdvances = autoAdvances
        state = Mutex(State(now: start))
    }

    public func now() -> Timestamp { state.withLock { $0.now } }

    public func sleep(until deadline: Timestamp) async throws {
        try Task.checkCancellation()
        guard !autoAdvances else { return await jump(to: deadline) }
        let id = state.withLock { $0.newID() }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                register(id, deadline, continuation)
            }
        } onCancel: {
            state.withLock { $0.cancelSleeper(id) }?.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock on and wakes whoever is due. Returns at once: who is woken runs by itself.
    public func advance(by duration: Duration) { move { $0 + max(duration, .zero) } }

    /// Moves the clock to `time` and wakes whoever is due; stays where it is if that is in the past.
    public func advance(to time: Timestamp) { move { max($0, time) } }

    /// Sets the clock, backwards too, as an administrator may; wakes whoever is due.
    public func set(_ time: Timestamp) { move { _ in time } }

    /// How many are asleep.
    public var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// The earliest deadline anybody sleeps for.
    public var nextDeadline: Timestamp? { state.withLock { $0.sleepers.values.map(\.deadline).min() } }

    /// Waits until at least `count` are asleep, or the task is cancelled.
    public func waitForSleepers(_ count: Int) async {
        let id = state.withLock { $0.newID() }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if state.withLock({ $0.watch(id, for: count, continuation) }) { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.cancelWatcher(id) }?.resume()
        }
    }

    private func jump(to deadline: Timestamp) async {
        advance(to: deadline)
        await Task.yield()
    }

    private func register(_ id: UInt64, _ deadline: Timestamp, _ continuation: CheckedContinuation<Void, any Error>) {
        let (result, watchers) = state.withLock { $0.add(id, deadline, continuation) }
        if let result { continuation.resume(with: result) }
        for watcher in watchers { watcher.resume() }
    }

    private func move(_ change: (Timestamp) -> Timestamp) {
        let due = state.withLock { state in
            state.now = change(state.now)
            return state.removeDue()
        }
        for sleeper in due { sleeper.continuation.resume() }
    }
}

extension ManualClock {
    private struct Sleeper {
        var deadline: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Timestamp
        var sleepers: [UInt64: Sleeper] = [:]
        var watchers: [UInt64: Watcher] = [:]
        /// Those cancelled before they lay down.
        var cancelled: Set<UInt64> = []
        var lastID: UInt64 = 0

        init(now: Timestamp) { self.now = now }

        mutating func newID() -> UInt64 {
            lastID += 1
            return lastID
        }

        /// What to tell the sleeper at once, if anything, and who waited for one more sleeper.
        mutating func add(
            _ id: UInt64, _ deadline: Timestamp, _ continuation: CheckedContinuation<Void, any Error>
        ) -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) {
            guard !cancelled.contains(id) else { return (.failure(CancellationError()), []) }
            guard deadline > now else { return (.success(()), []) }
            sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
            let ready = watchers.filter { $0.value.count <= sleepers.count }
            for id in ready.keys { watchers[id] = nil }
            return (nil, ready.values.map(\.continuation))
        }

        /// Whether there is nothing to wait for.
        mutating func watch(_ id: UInt64, for count: Int, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
            guard !cancelled.contains(id), sleepers.count < count else { return true }
            watchers[id] = Watcher(count: count, continuation: continuation)
            return false
        }

        mutating func cancelSleeper(_ id: UInt64) -> CheckedContinuation<Void, any Error>? {
            if let sleeper = sleepers.removeValue(forKey: id) { return sleeper.continuation }
            cancelled.insert(id)
            return nil
        }

        mutating func cancelWatcher(_ id: UInt64) -> CheckedContinuation<Void, Never>? {
            if let watcher = watchers.removeValue(forKey: id) { return watcher.continuation }
            cancelled.insert(id)
            return nil
        }

        /// By deadline, so that who is due first is woken first.
        mutating func removeDue() -> [Sleeper] {
            let due = sleepers.filter { $0.value.deadline <= now }
            for id in due.keys { sleepers[id] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
    }
}
