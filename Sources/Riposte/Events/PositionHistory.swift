/// Which position a source had reached at which event time: tells how far back to read to warm the detectors again.
///
/// Stored beside the position, and only when ``note(_:at:)`` says that it has changed. Holds about
/// ``marksInWindow`` marks, whatever the traffic.
public struct PositionHistory: Sendable, Hashable, Codable {
    /// Into how many marks the window is divided, once that is no more than one a minute.
    public static let marksInWindow = 144

    /// A position, and the latest event time up to it.
    public struct Mark: Sendable, Hashable, Codable {
        /// The latest event time up to ``position``.
        public var time: Timestamp
        /// Where the source stood.
        public var position: SourcePosition

        /// Creates a mark.
        public init(time: Timestamp, position: SourcePosition) {
            self.time = time
            self.position = position
        }
    }

    /// In the order of their times.
    public private(set) var marks: [Mark]
    private var windowSeconds: Int64

    /// Creates an empty history that reaches back over `window`, the longest of the detectors.
    public init(window: Duration) {
        marks = []
        windowSeconds = max(window.components.seconds, 0)
    }

    /// How far back it reaches. A longer window holds from now on; what was pruned is not there again.
    public var window: Duration {
        get { .seconds(windowSeconds) }
        set { windowSeconds = max(newValue.components.seconds, 0) }
    }

    /// The least time between two marks: a minute, or more for a long window.
    public var spacing: Duration { .seconds(max(60, windowSeconds / Int64(Self.marksInWindow))) }

    /// Takes note that no event up to `position` is later than `time`.
    ///
    /// - Returns: whether a mark was set, so that the history is worth storing again.
    @discardableResult
    public mutating func note(_ time: Timestamp, at position: SourcePosition) -> Bool {
        if let last = marks.last, time < last.time + spacing { return false }
        marks.append(Mark(time: time, position: position))
        let first = marks.lastIndex { $0.time <= time - window } ?? 0
        marks.removeFirst(first)
        return true
    }

    /// The latest position that every event after `time` lies behind; the oldest one known where the history does not
    /// reach so far; `nil` where it is empty.
    public func position(before time: Timestamp) -> SourcePosition? {
        (marks.last { $0.time <= time } ?? marks.first)?.position
    }
}
