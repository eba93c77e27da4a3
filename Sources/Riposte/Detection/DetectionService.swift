internal import Synchronization

/// The detectors behind a lock: the sources of a pipeline hand their events to the same ones.
public final class DetectionService: Sendable {
    private let engine: Mutex<DetectionEngine>
    /// How far back a restart has to read to have the detectors warm.
    public let window: Duration
    public let names: [DetectorName]

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

    /// Has the detectors take note of anomalies that were found before a restart.
    public func remember(_ anomalies: [Anomaly]) {
        engine.withLock { engine in
            for anomaly in anomalies { engine.remember(anomaly) }
        }
    }

    /// Has the detectors forget a target: it was undone, and the next failure must not find the old ones still counted.
    public func forget(_ target: Target, upTo time: Timestamp) { engine.withLock { $0.forget(target, upTo: time) } }

    /// How many keys are tracked, and how many were evicted to stay within bounds.
    public var load: (trackedKeys: Int, evictions: Int) { engine.withLock { ($0.trackedKeys, $0.evictions) } }
}
