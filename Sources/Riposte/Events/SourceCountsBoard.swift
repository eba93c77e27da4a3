internal import Synchronization

/// How each source's lines have fared, for whoever shows it.
public final class SourceCountsBoard: Sendable {
    private let counts = Mutex<[SourceName: LineCounts]>([:])

    public init() {}

    public subscript(name: SourceName) -> LineCounts? { counts.withLock { $0[name] } }
    public var all: [SourceName: LineCounts] { counts.withLock { $0 } }

    func set(_ lines: LineCounts, for name: SourceName) { counts.withLock { $0[name] = lines } }
}
