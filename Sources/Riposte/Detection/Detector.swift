/// Turns a stream of events into anomalies.
///
/// A detector works in event time alone: its state after a set of events depends on their times and sequences, not on
/// when they arrived. Its memory is bounded, and what it evicts is counted. It holds no clock and does no I/O, so the
/// same events give the same anomalies after a restart, in a replay and in a test.
///
/// A late event is put in its place; it may make the detector fire, and never takes back what was found.
public protocol Detector: Sendable {
    /// The names its anomalies can carry; triggers and configuration are checked against them.
    var names: [DetectorName] { get }

    /// How far back its state reaches: a restart feeds it this much again before the first new event.
    var window: Duration { get }

    /// Takes events in and appends what they complete to `anomalies`.
    mutating func observe(_ events: borrowing [Event], into anomalies: inout [Anomaly])

    /// Takes note of an anomaly that was found before a restart, so that it is not found again while it is warm.
    mutating func remember(_ anomaly: Anomaly)

    /// Forgets what it holds about `target` up to `time`: it was undone or was a false positive, and the next failure
    /// must not find the old ones still counted.
    mutating func forget(_ target: Target, upTo time: Timestamp)

    /// How many keys were evicted to stay within the memory bound.
    var evictions: Int { get }
}

extension Detector {
    public mutating func remember(_ anomaly: Anomaly) {}
    public mutating func forget(_ target: Target, upTo time: Timestamp) {}
    public var evictions: Int { 0 }
}
