internal import Riposte
private import Synchronization

/// One call of ``BlockingCalls``, and who waits for it: answered once, by the call itself or because its time is up.
final class BlockingCall<Answer: Sendable>: Sendable {
    private enum Stage {
        case waiting(CheckedContinuation<Answer, any Error>)
        case begun(CheckedContinuation<Answer, any Error>)
        case ended

        var continuation: CheckedContinuation<Answer, any Error>? {
            switch self {
            case .waiting(let continuation), .begun(let continuation): continuation
            case .ended: nil
            }
        }
    }

    private struct State {
        var stage: Stage
        var timer: Task<Void, Never>?
    }

    private let state: Mutex<State>

    init(_ continuation: CheckedContinuation<Answer, any Error>) { state = Mutex(State(stage: .waiting(continuation))) }

    /// Whether there is anybody to begin for.
    func begin() -> Bool {
        state.withLock { state in
            guard case .waiting(let continuation) = state.stage else { return false }
            state.stage = .begun(continuation)
            return true
        }
    }

    func end(_ result: Result<Answer, any Error>) {
        let (continuation, timer) = state.withLock { state in
            defer { (state.stage, state.timer) = (.ended, nil) }
            return (state.stage.continuation, state.timer)
        }
        timer?.cancel()
        continuation?.resume(with: result)
    }

    /// Ends it when its time is up: at once where it has not begun, and else when it has had time to notice.
    func end(at deadline: ContinuousClock.Instant, cut: @escaping @Sendable () -> Void, grace: Duration) {
        let timer = Task {
            do {
                try await Task.sleep(until: deadline, clock: .continuous)
                guard hasBegun else {
                    return end(.failure(DirectoryFailure(.transient, "others were still waiting for it before this one")))
                }
                cut()
                try await Task.sleep(until: deadline + grace, clock: .continuous)
                end(.failure(DirectoryFailure(.unknown, "it gave no answer in time; it may have been done")))
            } catch {}
        }
        state.withLock { state in
            if case .ended = state.stage { timer.cancel() } else { state.timer = timer }
        }
    }

    private var hasBegun: Bool {
        state.withLock { state in
            if case .begun = state.stage { true } else { false }
        }
    }
}
