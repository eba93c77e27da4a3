internal import Riposte
internal import Synchronization

/// A request that somebody waits for. Whoever takes it resumes its continuation exactly once.
struct Submission: Sendable {
    let request: HTTPRequest
    let deadline: ContinuousClock.Instant
    let cancellation: CancellationFlag
    let continuation: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>

    func finish(_ result: Result<HTTPResponse, HTTPError>) { continuation.resume(returning: result) }

    /// Why it is not worth starting any more.
    func ending(at now: ContinuousClock.Instant) -> HTTPError? {
        if cancellation.isRaised { return .cancelled(request.url, wasSent: false) }
        if now >= deadline {
            return HTTPError(.timedOut, .transient, "the request to \(request.url) timed out while it waited for its turn")
        }
        return nil
    }
}

/// Raised once, by a cancelled task, and read by the thread that transfers.
final class CancellationFlag: Sendable {
    private let raised = Atomic<Bool>(false)

    func raise() { raised.store(true, ordering: .releasing) }
    var isRaised: Bool { raised.load(ordering: .acquiring) }
}
