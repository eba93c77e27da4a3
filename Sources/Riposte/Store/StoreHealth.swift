internal import Synchronization

/// Whether the store can be written and read, and since when not. No I/O: told what came of each call.
public struct StoreHealth: Sendable, Hashable {
    /// Calls that fail.
    public struct Trouble: Sendable, Hashable {
        /// What the last of them said.
        public var error: StoreError
        /// When the first call failed, and the last one so far.
        public var since: Timestamp
        /// When the last call failed so far.
        public var last: Timestamp
    }

    /// Set while writing fails.
    public private(set) var writing: Trouble?
    /// Reads that failed; one that works proves nothing about another, so it counts until it is long ago.
    public private(set) var reading: Trouble?
    /// When something was last written.
    public private(set) var writtenAt: Timestamp?
    /// Until when this engine holds the lease; `nil` before it is known.
    public private(set) var leaseEnd: Timestamp?

    /// Creates the health of a store that nobody has asked yet.
    public init() {}

    /// For how long a read that failed counts.
    public static let memory = Duration.seconds(10)

    /// A write is on disk.
    public mutating func written(at now: Timestamp) {
        writing = nil
        writtenAt = now
    }

    /// The lease was taken or renewed: on disk too.
    public mutating func leased(until end: Timestamp, at now: Timestamp) {
        written(at: now)
        leaseEnd = end
    }

    /// A call failed. What is wrong with one batch alone, as a conflict is, says nothing about the store.
    public mutating func failed(_ error: StoreError, isWrite: Bool, at now: Timestamp) {
        guard error.mayPass else { return }
        let known = isWrite ? writing : reading(at: now)
        let trouble = Trouble(error: error, since: known?.since ?? now, last: now)
        if isWrite { writing = trouble } else { reading = trouble }
    }

    /// What is amiss at `now`.
    public func reasons(at now: Timestamp) -> [Readiness.Reason] {
        let troubles = writing.map { [$0] } ?? reading(at: now).map { [$0] } ?? []
        var reasons = troubles.map {
            Readiness.Reason(.store, "\($0.error)", since: $0.since, isBlocking: true)
        }
        if let leaseEnd, leaseEnd <= now {
            let message = "it has run out and could not be renewed, so another engine may take the store over"
            reasons.append(Readiness.Reason(.lease, message, since: leaseEnd, isBlocking: true))
        }
        return reasons
    }

    private func reading(at now: Timestamp) -> Trouble? { reading.flatMap { now - $0.last < Self.memory ? $0 : nil } }
}

extension StoreError {
    /// Whether the cause lies outside and may go away: the same call may work later. Damage too: SQLite reports a disk that
    /// cannot be read as damage, and a damaged file may be mended.
    package var mayPass: Bool { code == .cannotWrite || code == .cannotRead || code == .busy || code == .corrupt }
}

/// Holds the health of an engine's store: the engine writes to it, whoever shows the state reads it.
public final class StoreHealthBoard: Sendable {
    private let health = Mutex(StoreHealth())

    /// Creates the board of a store that nobody has asked yet.
    public init() {}

    /// How the store fares now.
    public var current: StoreHealth { health.withLock { $0 } }
    package func update(_ change: (inout StoreHealth) -> Void) { health.withLock { change(&$0) } }
}
