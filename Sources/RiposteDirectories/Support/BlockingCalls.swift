internal import Riposte
internal import RiposteChannels
private import Synchronization

/// Runs what waits in C on threads of its own, a few at a time, so that no task of Swift's is ever held up by a server.
///
/// A call has one deadline from the moment it is asked for: what has waited its turn for that long is not begun, so a server
/// that hangs cannot have orders carried out long after everybody has stopped waiting for them. One that C does not come back
/// from is not waited for either: looking a name up knows no limit.
final class BlockingCalls: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let atOnce: Int
    private let atMost: Int
    private let state = Mutex(State())

    init(atOnce: Int = 4, atMost: Int = 1000) { (self.atOnce, self.atMost) = (atOnce, atMost) }

    /// How long a call may take to notice that its time is up.
    private static let grace = Duration.milliseconds(500)

    /// - Parameters:
    ///   - cut: called where the body is at it when its time is up, beside it.
    ///   - body: has until the instant it is given, and keeps to it by itself.
    func perform<Answer: Sendable>(
        within limit: Duration, cut: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable (ContinuousClock.Instant) throws -> Answer
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + limit
        return try await withCheckedThrowingContinuation { continuation in
            let call = BlockingCall(continuation)
            call.end(at: deadline, cut: cut, grace: Self.grace)
            submit {
                guard call.begin() else { return }
                call.end(Result { try body(deadline) })
            } refuse: {
                call.end(.failure(DirectoryFailure(.transient, $0)))
            }
        }
    }

    private func submit(_ job: @escaping @Sendable () -> Void, refuse: (String) -> Void) {
        let refusal: String? = state.withLock { state in
            guard state.running >= atOnce else {
                state.running += 1
                return start(job)
                    ? nil
                    : {
                        state.running -= 1
                        return "there is no thread for it"
                    }()
            }
            guard state.waiting.count < atMost else { return "too many orders are waiting for it" }
            state.waiting.append(job)
            return nil
        }
        if let refusal { refuse(refusal) }
    }

    private func start(_ job: @escaping @Sendable () -> Void) -> Bool {
        OwnThread.start { [self] in
            var next: (@Sendable () -> Void)? = job
            while let job = next {
                job()
                next = state.withLock { state in
                    guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                    state.running -= 1
                    return nil
                }
            }
        }
    }
}
