private import Synchronization

/// Holds the health of each source. One for a process; sources write to it and whoever shows the state reads it.
public final class SourceHealthBoard: Sendable {
    private let entries = Mutex<[SourceName: SourceHealth]>([:])

    /// Creates a board that knows of no source.
    public init() {}

    /// The health of the source `name`; `nil` before it first ran.
    public subscript(name: SourceName) -> SourceHealth? { entries.withLock { $0[name] } }

    /// Every source that ever ran, by name.
    public var all: [SourceName: SourceHealth] { entries.withLock { $0 } }

    /// Changes the health of `name`; one that is not known yet begins as following.
    public func update(_ name: SourceName, _ change: (inout SourceHealth) -> Void) {
        entries.withLock { change(&$0[name, default: SourceHealth(state: .following)]) }
    }

    /// What is wrong at `now`, in the order of the names.
    public func problems(at now: Timestamp) -> [(source: SourceName, problem: String)] {
        all.sorted { $0.key < $1.key }.compactMap { name, health in health.problem(at: now).map { (name, $0) } }
    }
}
