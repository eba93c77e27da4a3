internal import Synchronization

/// What the server's thread and its owner share: what came, who waits, and whether to stop.
final class LocalHTTPRecord: Sendable {
    private struct Waiter {
        var isMet: @Sendable (Counts) -> Bool
        var deadline: ContinuousClock.Instant
        var continuation: CheckedContinuation<Bool, Never>
    }

    struct Counts {
        var requests = 0
        var connections = 0
    }

    private struct State {
        var kept: [LocalHTTPServer.Request] = []
        var counts = Counts()
        var waiters: [Waiter] = []
        var isStopped = false
        var hasEnded = false
    }

    private let state = Mutex(State())

    var kept: [LocalHTTPServer.Request] { state.withLock(\.kept) }
    var count: Int { state.withLock(\.counts.requests) }
    var isStopped: Bool { state.withLock(\.isStopped) }
    var hasWaiters: Bool { state.withLock { !$0.waiters.isEmpty } }

    func stop() { state.withLock { $0.isStopped = true } }

    func add(_ request: LocalHTTPServer.Request, limit: Int) {
        state.withLock { state in
            state.counts.requests += 1
            if state.kept.count < limit { state.kept.append(request) }
        }
    }

    /// Waits until `isMet`; `false` where the deadline came first or the server has stopped.
    func wait(until deadline: ContinuousClock.Instant, _ isMet: @escaping @Sendable (Counts) -> Bool, wake: () -> Void) async -> Bool {
        await withCheckedContinuation { continuation in
            let isAnswered = state.withLock { state in
                guard !state.hasEnded else { return false }
                state.waiters.append(Waiter(isMet: isMet, deadline: deadline, continuation: continuation))
                return true
            }
            if isAnswered { wake() } else { continuation.resume(returning: state.withLock { isMet($0.counts) }) }
        }
    }

    /// Answers those whose condition holds or whose time is up.
    func answerWaiters(connections: Int, at now: ContinuousClock.Instant) {
        let (answered, counts) = state.withLock { state in
            state.counts.connections = connections
            let counts = state.counts
            let answered = state.waiters.filter { $0.isMet(counts) || now >= $0.deadline }
            state.waiters.removeAll { $0.isMet(counts) || now >= $0.deadline }
            return (answered, counts)
        }
        for waiter in answered { waiter.continuation.resume(returning: waiter.isMet(counts)) }
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        answerWaiters(connections: 0, at: ContinuousClock.now + .seconds(1_000_000))
    }
}
