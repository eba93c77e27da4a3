internal import CLibcurl
internal import Riposte
internal import Synchronization

/// The thread that transfers, and the bounded queue before it. The thread starts with the first submission and ends with
/// ``stop()``.
final class TransferLoop: Sendable {
    private let maximumInFlight: Int
    private let maximumQueued: Int
    private let state = Mutex(State())
    private let inFlight = InFlightCount()

    private struct State {
        var multi: MultiHandle?
        var queue: [any Submission] = []
        var refused: UInt64 = 0
        var isStopped = false
    }

    init(maximumInFlight: Int, maximumQueued: Int) {
        self.maximumInFlight = max(maximumInFlight, 1)
        self.maximumQueued = maximumQueued
    }

    var statistics: HTTPClient.Statistics {
        state.withLock { HTTPClient.Statistics(inFlight: inFlight.value, queued: $0.queue.count, refused: $0.refused) }
    }

    func submit(_ submission: any Submission) {
        if let refusal = state.withLock({ enqueue(submission, &$0) }) { submission.fail(refusal) }
    }

    /// Makes the thread look at its queue and at who was cancelled.
    func wake() { state.withLock { $0.multi?.wake() } }

    /// Ends the thread. Nobody may be waiting for a response any more: whoever does is told that it was cancelled.
    func stop() {
        state.withLock {
            $0.isStopped = true
            $0.multi?.wake()
        }
    }

    private func enqueue(_ submission: any Submission, _ state: inout State) -> HTTPError? {
        let free = max(maximumInFlight - inFlight.value, 0)
        guard state.queue.count < maximumQueued + free else {
            state.refused += 1
            return HTTPError(
                .queueFull, .transient,
                "\(state.queue.count) transfers are waiting already; \(submission.what) was refused")
        }
        if let error = start(&state) { return error }
        state.queue.append(submission)
        state.multi?.wake()
        return nil
    }

    private func start(_ state: inout State) -> HTTPError? {
        guard state.multi == nil else { return nil }
        guard let multi = MultiHandle() else { return .unavailable("the HTTP library could not be started") }
        state.multi = multi
        guard !OwnThread.start({ self.run() }) else { return nil }
        multi.cleanUp()
        state.multi = nil
        return .unavailable("no thread could be started for outgoing requests")
    }
}

// MARK: - On the thread

extension TransferLoop {
    private struct Batch {
        var ready: [any Submission] = []
        var ended: [(any Submission, HTTPError)] = []
        var hasMore = false
    }

    private func run() {
        guard let multi = state.withLock({ $0.multi }) else { return }
        var transfers = TransferSet(multi, inFlight)
        while let batch = takeBatch(inFlight: transfers.count) {
            for (submission, error) in batch.ended { submission.fail(error) }
            for submission in batch.ready { transfers.start(submission) }
            transfers.endCancelled()
            transfers.perform()
            // A transfer that just ended leaves room for what waits.
            let hasRoom = batch.hasMore && transfers.count < maximumInFlight
            transfers.wait(atMost: hasRoom ? .zero : (batch.hasMore ? .milliseconds(250) : .seconds(60)))
        }
        transfers.endAll()
        multi.cleanUp()
    }

    /// What to start now and what ended in the queue; `nil` when it is time to stop.
    private func takeBatch(inFlight: Int) -> Batch? {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard !state.isStopped || !state.queue.isEmpty else { return nil }
            var batch = Batch()
            var waiting: [any Submission] = []
            for submission in state.queue {
                if let error = submission.ending(at: now) {
                    batch.ended.append((submission, error))
                } else if inFlight + batch.ready.count < maximumInFlight {
                    batch.ready.append(submission)
                } else {
                    waiting.append(submission)
                }
            }
            state.queue = waiting
            batch.hasMore = !waiting.isEmpty
            return batch
        }
    }
}
