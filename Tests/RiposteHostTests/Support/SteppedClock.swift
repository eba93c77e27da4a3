import Riposte
import Synchronization

/// A clock that stands still until a test moves it.
final class SteppedClock: WallClock {
    private let time = Mutex(Timestamp(seconds: 1_795_000_000))

    func now() -> Timestamp { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }

    func sleep(until deadline: Timestamp) async throws {
        while now() < deadline {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
