#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The machine's own clock.
public struct SystemClock: WallClock {
    /// Creates the clock; all of them tell the same time.
    public init() {}

    public func now() -> Timestamp {
        var spec = timespec()
        clock_gettime(CLOCK_REALTIME, &spec)
        return Timestamp(microseconds: Int64(spec.tv_sec) * 1_000_000 + Int64(spec.tv_nsec) / 1000)
    }

    /// Sleeps in slices of at most a second, so that a step of the wall clock is noticed.
    public func sleep(until deadline: Timestamp) async throws {
        while true {
            let left = deadline - now()
            guard left > .zero else { return }
            try await Task.sleep(for: min(left, .seconds(1)))
        }
    }
}
