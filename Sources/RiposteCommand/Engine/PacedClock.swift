import Riposte
import Synchronization

/// A clock that is set to the time of a recording's events and runs on from there: between two events, real time passes.
final class PacedClock: WallClock {
    private let state = Mutex<(base: Timestamp, since: ContinuousClock.Instant)>((SystemClock().now(), .now))

    /// Moves the clock to an event's time; back as well, at the beginning of a recording.
    func set(_ time: Timestamp) { state.withLock { $0 = (time, .now) } }

    func now() -> Timestamp { state.withLock { $0.base + (ContinuousClock.now - $0.since) } }

    func sleep(until deadline: Timestamp) async throws {
        let left = deadline - now()
        if left > .zero { try await Task.sleep(for: left) }
    }
}
