import Dispatch
import Glibc
internal import Riposte
private import Synchronization

/// A thread of its own that may block, and a value that only this thread ever touches.
///
/// Reading a disk and waiting in `poll` would hold a thread of the cooperative pool, of which there are as many as
/// cores; journal handles must stay on one thread.
final class ConfinedThread<Value>: Sendable {
    private typealias Job = @Sendable (Result<Value, any Error>) -> Void

    private struct Queue {
        var jobs: [Job] = []
        var isStopped = false
    }

    private let queue = Mutex(Queue())
    private let arrival = DispatchSemaphore(value: 0)

    /// Starts the thread and makes the value on it; an error of `make` is thrown by each ``perform(_:)``.
    static func start(make: @escaping @Sendable () throws -> Value) throws -> ConfinedThread {
        let thread = ConfinedThread()
        try startThread { thread.work(make) }
        return thread
    }

    /// Runs `body` on the thread, after everything that was asked of it before.
    func perform<Answer: Sendable>(_ body: @escaping @Sendable (Value) throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let job: Job = { value in continuation.resume(with: Result { try body(value.get()) }) }
            let isAccepted = queue.withLock { queue in
                if !queue.isStopped { queue.jobs.append(job) }
                return !queue.isStopped
            }
            guard isAccepted else { return continuation.resume(throwing: CancellationError()) }
            arrival.signal()
        }
    }

    /// Lets the thread end once it has done what was asked so far.
    func stop() {
        queue.withLock { $0.isStopped = true }
        arrival.signal()
    }

    private func work(_ make: () throws -> Value) {
        let value = Result { try make() }
        while true {
            arrival.wait()
            let (jobs, isStopped) = queue.withLock { queue in
                defer { queue.jobs = [] }
                return (queue.jobs, queue.isStopped)
            }
            for job in jobs { job(value) }
            if isStopped { return }
        }
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Starts a detached thread.
private func startThread(_ body: @escaping @Sendable () -> Void) throws {
    var thread = pthread_t()
    let retained = Unmanaged.passRetained(ThreadBody(body))
    let failure = pthread_create(
        &thread, nil,
        { raw in
            if let raw { Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().run() }
            return nil
        }, retained.toOpaque())
    guard failure == 0 else {
        retained.release()
        throw SourceError(errno: failure, doing: "start a thread")
    }
    pthread_detach(thread)
}
