internal import Synchronization

/// A clock that stands at the time of the last event: a replay's present. Waiting moves it on at once.
public final class EventClock: WallClock {
    private let time: Mutex<Timestamp>

    /// - Parameter start: what the time is before the first event.
    public init(_ start: Timestamp = Timestamp(seconds: 0)) { time = Mutex(start) }

    public func now() -> Timestamp { time.withLock { $0 } }

    /// Moves the clock on; never back.
    public func advance(to later: Timestamp) { time.withLock { $0 = max($0, later) } }

    public func sleep(until deadline: Timestamp) async throws {
        try Task.checkCancellation()
        advance(to: deadline)
    }
}
