internal import Synchronization

/// Events that were reported and wait to be looked at. Bounded: what finds no place is dropped and counted.
final class ReportQueue: Sendable {
    private struct State {
        var events: [Event] = []
        var sequence: UInt64 = 0
        var dropped: UInt64 = 0
        var isClosed = false
    }

    static let batchLimit = 1024
    private let state = Mutex(State())
    private let arrived = Broadcast()
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(capacity, 1) }

    var counts: (reported: UInt64, dropped: UInt64, waiting: Int) {
        state.withLock { ($0.sequence, $0.dropped, $0.events.count) }
    }

    /// Gives the event its time and its place in the order. False where there is no room.
    func add(_ event: ReportedEvent, from source: SourceName, _ clock: any WallClock) -> Bool {
        let user = event.user.map(Self.bounded)
        let (isTaken, isFirst) = state.withLock { state in
            guard state.events.count < capacity, !state.isClosed else {
                state.dropped += 1
                return (false, false)
            }
            state.sequence += 1
            state.events.append(Event(event, user: user, at: clock.now(), state.sequence, source))
            return (true, state.events.count == 1)
        }
        if isFirst { arrived.wake() }
        return isTaken
    }

    /// A stranger chooses how long a name is, and thousands may wait. What is kept of a long one is what log lines keep.
    private static func bounded(_ name: String) -> String {
        guard name.utf8.count > Event.longestName else { return name }
        var name = name
        return name.withUTF8 { $0.span.name(in: 0..<$0.count) }
    }

    /// The next events, waiting for the first of them; `nil` when it is closed and empty, or the task cancelled.
    func next() async -> [Event]? {
        await arrived.wait { self.state.withLock { !$0.events.isEmpty || $0.isClosed } }
        guard !Task.isCancelled else { return nil }
        return state.withLock { state in
            guard !state.events.isEmpty else { return nil }
            let batch = Array(state.events.prefix(Self.batchLimit))
            state.events.removeFirst(batch.count)
            return batch
        }
    }

    func open() { state.withLock { $0.isClosed = false } }

    /// Nothing more is taken in; what waits is still handed out.
    func close() {
        state.withLock { $0.isClosed = true }
        arrived.wake()
    }
}

extension Event {
    fileprivate init(_ event: ReportedEvent, user: String?, at time: Timestamp, _ sequence: UInt64, _ source: SourceName) {
        self.init(
            time: time, sequence: sequence, kind: event.kind, outcome: event.outcome, reason: event.reason, method: event.method,
            address: event.address, user: user, source: source, details: event.details)
    }
}
