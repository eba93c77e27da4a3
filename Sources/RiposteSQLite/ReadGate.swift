internal import Riposte
internal import Synchronization

/// Counts the reads under way, so that connections are closed under none of them: GRDB does not check, and would use a
/// connection that is gone.
final class ReadGate: Sendable {
    private struct State {
        var readers = 0
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Runs `body`, or throws where the gate is closed.
    func pass<Value>(_ body: () async throws -> Value) async throws -> Value {
        try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed(.cannotRead) }
            state.readers += 1
        }
        defer { leave() }
        return try await body()
    }

    /// Lets nobody in any more, and waits for those inside.
    func close() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                state.isClosed = true
                if state.readers > 0 { state.closers.append(continuation) }
                return state.readers == 0
            }
            if isEmpty { continuation.resume() }
        }
    }

    private func leave() {
        let closers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.readers -= 1
            guard state.readers == 0 else { return [] }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
