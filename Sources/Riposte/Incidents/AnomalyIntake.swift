internal import Synchronization

/// Anomalies that were handed over one by one and wait to be written: taken many at a time and the most severe first, so
/// that the one that matters does not wait behind ten thousand.
final class AnomalyIntake: Sendable {
    typealias Ticket = UInt64

    private struct State {
        var waiting: [Severity: [(ticket: Ticket, anomaly: Anomaly)]] = [:]
        var results: [Ticket: Result<[RunID], any Error>] = [:]
        var next: Ticket = 0
    }

    /// As many go into one commit.
    static let batchLimit = 256
    private let state = Mutex(State())

    func add(_ anomaly: Anomaly) -> Ticket {
        state.withLock { state in
            state.next += 1
            state.waiting[anomaly.severity, default: []].append((state.next, anomaly))
            return state.next
        }
    }

    /// The most severe that wait, and of those the longest waiting.
    func take() -> [(ticket: Ticket, anomaly: Anomaly)] {
        state.withLock { state in
            var batch: [(ticket: Ticket, anomaly: Anomaly)] = []
            for severity in state.waiting.keys.sorted(by: >) {
                let taken = state.waiting[severity]?.prefix(Self.batchLimit - batch.count) ?? []
                batch += taken
                state.waiting[severity]?.removeFirst(taken.count)
                if state.waiting[severity]?.isEmpty == true { state.waiting[severity] = nil }
                if batch.count == Self.batchLimit { break }
            }
            return batch
        }
    }

    func finish(_ tickets: [Ticket], _ result: (Ticket) -> Result<[RunID], any Error>) {
        state.withLock { state in
            for ticket in tickets { state.results[ticket] = result(ticket) }
        }
    }

    /// What came of a ticket, once; `nil` while it waits.
    func result(_ ticket: Ticket) -> Result<[RunID], any Error>? { state.withLock { $0.results.removeValue(forKey: ticket) } }
}
