internal import Riposte
internal import Synchronization

/// A transfer that somebody waits for. Whoever takes it answers exactly once: by starting it, or by failing it.
protocol Submission: Sendable {
    /// `the request to https://example.org/`, for messages.
    var what: String { get }
    var deadline: ContinuousClock.Instant { get }
    var cancellation: CancellationFlag { get }
    /// On the transferring thread.
    func start() throws(HTTPError) -> any Transfer
    func fail(_ error: HTTPError)
}

extension Submission {
    /// Why it is not worth starting any more.
    func ending(at now: ContinuousClock.Instant) -> HTTPError? {
        if cancellation.isRaised { return .cancelled(what, wasSent: false) }
        if now >= deadline { return HTTPError(.timedOut, .transient, "\(what) timed out while it waited for its turn") }
        return nil
    }
}

/// Raised once, by a cancelled task, and read by the thread that transfers.
final class CancellationFlag: Sendable {
    private let raised = Atomic<Bool>(false)

    func raise() { raised.store(true, ordering: .releasing) }
    var isRaised: Bool { raised.load(ordering: .acquiring) }
}
