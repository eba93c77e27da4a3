internal import Synchronization

/// Who has taken something back before its time, when and why.
public struct Undone: Sendable, Hashable, Codable {
    /// Who.
    public var actor: String
    /// Why; may be empty.
    public var reason: String
    /// When, by the engine's clock.
    public var at: Timestamp

    /// Creates the note of it.
    public init(by actor: String, reason: String, at: Timestamp) {
        self.actor = actor
        self.reason = reason
        self.at = at
    }

    /// `undone by ann: our scanner`.
    public var sentence: String { "undone by \(actor)" + (reason.isEmpty ? "" : ": \(reason)") }
}

/// Runs that were taken back before they were over, until they are. Whoever drives one looks here between its steps.
final class UndoneRuns: Sendable {
    private let state = Mutex<[RunID: Undone]>([:])

    subscript(id: RunID) -> Undone? { state.withLock { $0[id] } }

    /// The first to take a run back stays the one who did.
    func add(_ id: RunID, _ undone: Undone) -> Undone {
        state.withLock { runs in
            let first = runs[id] ?? undone
            runs[id] = first
            return first
        }
    }

    func remove(_ id: RunID) { state.withLock { _ = $0.removeValue(forKey: id) } }
}
