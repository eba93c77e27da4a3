internal import Synchronization

/// How each source's lines have fared, for whoever shows it.
public final class SourceCountsBoard: Sendable {
    private let counts = Mutex<[SourceName: LineCounts]>([:])

    /// Creates a board without counts.
    public init() {}

    /// The counts of one source; `nil` before it first delivered something.
    public subscript(name: SourceName) -> LineCounts? { counts.withLock { $0[name] } }
    /// Those of every source that has delivered something.
    public var all: [SourceName: LineCounts] { counts.withLock { $0 } }

    func set(_ lines: LineCounts, for name: SourceName) { counts.withLock { $0[name] = lines } }
}
