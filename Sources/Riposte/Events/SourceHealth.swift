/// How a source is doing, for people.
public struct SourceHealth: Sendable, Hashable {
    /// Whether a source is being read.
    public enum State: Sendable, Hashable {
        /// Nothing can be read at present, and it is tried again: a missing file, a refused permission.
        case waiting(since: Timestamp, reason: String)
        /// It is read, and what comes is handed on.
        case following
        /// Read to its end, and nothing more will come.
        case finished
        /// It has ended and will not try again.
        case failed(reason: String)
    }

    /// Whether it is being read, and if not, why not.
    public var state: State
    /// How many bytes were handed on since the process started.
    public var bytesRead: UInt64
    /// How many bytes are there and were not yet handed on.
    public var lagBytes: UInt64
    /// When bytes last came, by our clock.
    public var lastEvent: Timestamp?
    /// At least how many bytes were lost, because a file was gone or compressed before it was read to its end.
    public var missedBytes: UInt64
    /// What else a person should know, such as what was missed and why.
    public var notice: String?

    /// Creates the health of a source that has read nothing, unless more is said.
    public init(
        state: State, bytesRead: UInt64 = 0, lagBytes: UInt64 = 0, lastEvent: Timestamp? = nil, missedBytes: UInt64 = 0,
        notice: String? = nil
    ) {
        self.state = state
        self.bytesRead = bytesRead
        self.lagBytes = lagBytes
        self.lastEvent = lastEvent
        self.missedBytes = missedBytes
        self.notice = notice
    }

    /// How long a source may wait before it counts as a problem: a rotation takes a moment.
    public static let patience: Duration = .seconds(30)

    /// What is wrong at `now`, in a sentence; `nil` where nothing is.
    public func problem(at now: Timestamp) -> String? {
        switch state {
        case .waiting(let since, let reason): now - since >= Self.patience ? reason : nil
        case .failed(let reason): reason
        case .following, .finished: nil
        }
    }
}
