internal import Synchronization

/// Runs work that may hang, and stops waiting for it after a while.
///
/// The work is a task of its own, because a task group waits for its children: a limit of 100 ms would come back
/// whenever the work chooses to.
enum TimeLimit {
    enum Ending<Value: Sendable>: Sendable {
        case finished(Value)
        case timedOut
    }

    /// - Parameter late: called with the value of work that was given up and ended after all.
    static func run<Value: Sendable>(
        _ limit: Duration, on clock: any Clock<Duration>, late: @escaping @Sendable (Value) -> Void = { _ in },
        _ work: @escaping @Sendable () async -> Value
    ) async -> Ending<Value> {
        let first = First<Ending<Value>>()
        let task = Task {
            let value = await work()
            if !first.set(.finished(value)) { late(value) }
        }
        // Mostly it is over by then, and a timer costs more than the rest.
        await Task.yield()
        if let value = first.valueThatIsThere { return value }
        let timer = Task {
            try? await clock.sleep(for: limit)
            if !Task.isCancelled, first.set(.timedOut) { task.cancel() }
        }
        defer { timer.cancel() }
        return await first.value
    }
}

/// The first of several values that come; later ones are turned away.
private final class First<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value, Never>)
        case full(Value)
        case taken
    }

    private let state = Mutex<State>(.empty)

    /// Whether this was the first.
    func set(_ value: Value) -> Bool {
        let (wasFirst, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Value, Never>?) in
            switch state {
            case .empty:
                state = .full(value)
                return (true, nil)
            case .waiting(let continuation):
                state = .taken
                return (true, continuation)
            case .full, .taken: return (false, nil)
            }
        }
        waiter?.resume(returning: value)
        return wasFirst
    }

    /// The first value, where it has come; then there is none to be awaited.
    var valueThatIsThere: Value? {
        state.withLock { state in
            guard case .full(let value) = state else { return nil }
            state = .taken
            return value
        }
    }

    /// To be awaited once.
    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Value? in
                    guard case .full(let value) = state else {
                        state = .waiting(continuation)
                        return nil
                    }
                    state = .taken
                    return value
                }
                if let ready { continuation.resume(returning: ready) }
            }
        }
    }
}
