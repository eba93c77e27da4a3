/// Restores the order of events that a finished log holds slightly out of order, by holding the last minute back. What
/// comes later still is let through where it is, and counted.
package struct ReplayOrder: Sendable {
    private let slack: Duration
    private var held: [Event] = []
    private var released: Timestamp = .distantPast
    /// Events that came after later ones had been let through.
    package private(set) var late = 0

    package init(slack: Duration = .seconds(60)) { self.slack = slack }

    /// Takes events in, and gives those that nothing earlier can come before any more.
    package mutating func release(_ events: [Event]) -> [Event] {
        held += events
        Self.sort(&held)
        guard let newest = held.last?.time else { return [] }
        let limit = newest - slack
        let end = held.partitionPoint { $0.time > limit }
        return take(end)
    }

    /// Gives the rest.
    package mutating func finish() -> [Event] { take(held.count) }

    private mutating func take(_ count: Int) -> [Event] {
        let ready = Array(held[..<count])
        held.removeFirst(count)
        late += ready.count { $0.time < released }
        if let last = ready.last { released = max(released, last.time) }
        return ready
    }

    /// Most logs are in order already.
    private static func sort(_ events: inout [Event]) {
        let isSorted = zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time }
        if !isSorted { events.sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) } }
    }
}

extension Array {
    /// The index of the first element for which `belongs` holds, where it holds for all after it too. O(log n).
    fileprivate func partitionPoint(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
