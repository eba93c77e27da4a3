/// Where the time comes from. Everything that asks what time it is, or waits for one, asks this: tests hand in a
/// `ManualClock`, the product a ``SystemClock``.
///
/// An implementer promises that `sleep(until:)` returns no earlier than `deadline` by its own `now()`, returns at once
/// for a deadline in the past, throws `CancellationError` when the task is cancelled, and notices a step of the wall
/// clock within a second or so: deadlines are wall instants because they hold over a restart.
public protocol WallClock: Sendable {
    /// The present. May be set back, as wall clocks are.
    func now() -> Timestamp
    /// Waits until `deadline`; for one in the past not at all.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(until deadline: Timestamp) async throws
}
