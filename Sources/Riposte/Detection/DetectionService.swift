internal import Synchronization

/// The detectors behind a lock: the sources of a pipeline hand their events to the same ones.
public final class DetectionService: Sendable {
    private let engine: Mutex<DetectionEngine>
    /// How far back a restart has to read to have the detectors warm.
    public let window: Duration
    /// The names that anomalies can carry.
    public let names: [DetectorName]

    /// Takes the engine over; from here on it is only reached through the service.
    public init(_ engine: DetectionEngine) {
        window = engine.window
        names = engine.names
        self.engine = Mutex(engine)
    }

    /// Takes events in and tells what they complete.
    public func observe(_ events: [Event]) -> [Anomaly] {
        guard !events.isEmpty else { return [] }
        return engine.withLock { engine in
            var anomalies: [Anomaly] = []
            engine.observe(events, into: &anomalies)
            return anomalies
        }
    }

    /// Takes in events that were seen before a restart. What was let go meanwhile is forgotten before the first event after it.
    ///
    /// - Parameter released: by time; what was forgotten is taken out.
    func observeAgain(_ events: [Event], letting released: inout ArraySlice<(target: Target, time: Timestamp)>) {
        var start = 0
        for (index, event) in events.enumerated() {
            guard let next = released.first, event.time > next.time else { continue }
            _ = observe(Array(events[start..<index]))
            start = index
            while let next = released.first, event.time > next.time {
                forget(next.target, upTo: next.time)
                released.removeFirst()
            }
        }
        _ = observe(Array(events[start...]))
    }

    /// Has the detectors take note of anomalies that were found before a restart.
    public func remember(_ anomalies: [Anomaly]) {
        engine.withLock { engine in
            for anomaly in anomalies { engine.remember(anomaly) }
        }
    }

    /// Has the detectors forget a target: it was undone or has served its time, and the next failure must not find the old
    /// ones still counted.
    public func forget(_ target: Target, upTo time: Timestamp) { engine.withLock { $0.forget(target, upTo: time) } }

    /// How many keys are tracked, and how many were evicted to stay within bounds.
    public var load: (trackedKeys: Int, evictions: Int) { engine.withLock { ($0.trackedKeys, $0.evictions) } }
}
