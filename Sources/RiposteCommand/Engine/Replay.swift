import Riposte

/// A finished log through the whole pipeline, in event time: each anomaly is answered before the next event is looked at.
struct Replay {
    let source: any EventSource
    /// Who answers; `nil` = nobody.
    let responder: IncidentResponder?
    let detection: DetectionService
    /// The present: moved on with the events.
    let moveClock: @Sendable (Timestamp) -> Void
    let now: Timestamp

    /// What was read.
    struct Summary {
        var counts = LineCounts()
        var events = 0
        var late = 0
        var anomalies: [String: Int] = [:]
        var format: LogFormat?
    }

    /// - Parameters:
    ///   - shift: added to the time of every event.
    ///   - found: called with each anomaly once its answers are done.
    func run(
        format: FormatChoice, timezone: TimeZoneRule, shift: Duration = .zero, found: (Anomaly, [RunID]) async throws -> Void
    ) async throws -> Summary {
        var feed = SourceFeed(name: source.name, format: format, timezone: timezone, shift: shift)
        var order = ReplayOrder()
        var summary = Summary()
        try await source.run(from: nil) { chunk in
            let events = feed.events(in: chunk, now: now)
            summary.events += events.count
            try await take(order.release(events), &summary, found)
        }
        try await take(order.finish(), &summary, found)
        summary.counts = feed.counts
        summary.late = order.late
        summary.format = feed.detected
        return summary
    }

    private func take(_ events: [Event], _ summary: inout Summary, _ found: (Anomaly, [RunID]) async throws -> Void) async throws {
        guard let responder else {
            for anomaly in detection.observe(events) {
                summary.anomalies[anomaly.detector.rawValue, default: 0] += 1
                try await found(anomaly, [])
            }
            return
        }
        for event in events {
            try await takeBack(before: event.time, responder)
            for anomaly in detection.observe([event]) {
                moveClock(anomaly.last)
                let runs = try await responder.ingest([anomaly], from: nil)
                try await responder.drain()
                summary.anomalies[anomaly.detector.rawValue, default: 0] += 1
                try await found(anomaly, runs)
            }
        }
        responder.observe(events)
        if let last = events.last { moveClock(last.time) }
    }

    /// Ends what ends before the next event, at its time, and has the detectors forget whom nothing holds any more.
    private func takeBack(before time: Timestamp, _ responder: IncidentResponder) async throws {
        while let due = responder.nextDue, due <= time {
            moveClock(due)
            try await responder.drain()
        }
        for (target, time) in responder.forgotten.take() { detection.forget(target, upTo: time) }
    }
}
