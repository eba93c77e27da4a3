public import Riposte
internal import Synchronization

/// An event log in memory, with any channel there is.
public final class RecordingEventLog: EventLog {
    public let channels: [String]?
    private let state = Mutex<[EventLogLine]>([])

    /// - Parameter channels: `nil` = any name will do.
    public init(channels: [String]? = nil) { self.channels = channels }

    /// Every line, in order.
    public var lines: [EventLogLine] { state.withLock { $0 } }

    public func write(_ line: EventLogLine, mayBeThere: Bool) async throws -> Bool {
        state.withLock { lines in
            guard !lines.contains(where: { $0.id == line.id }) else { return false }
            lines.append(line)
            return true
        }
    }
}
