/// One channel's lines in the orders in which they are asked for. Each is known by the place of its first item.
struct InMemoryOutboxIndex: Sendable {
    private var bySeverity: [Severity: SortedPlaces] = [:]
    private var inDigest = SortedPlaces()
    private var byDue = SortedPlaces()
    private var byAge = SortedPlaces()

    var isEmpty: Bool { byAge.isEmpty }

    mutating func insert(_ line: OutboxLine, _ place: Int) { change(line) { $0.insert($1, place) } }
    mutating func remove(_ line: OutboxLine, _ place: Int) { change(line) { $0.remove($1, place) } }

    func firsts(_ query: OutboxQuery) -> [Int] {
        let (time, limit) = (query.time, query.limit)
        switch query.order {
        case .inDigest: return inDigest.first(limit, until: time)
        case .longestDue: return byDue.first(limit, until: time)
        case .oldest: return byAge.first(limit, until: time)
        case .mostSevere:
            return Severity.allCases.reversed().reduce(into: []) { found, severity in
                found += bySeverity[severity]?.first(limit - found.count, until: time) ?? []
            }
        }
    }

    private mutating func change(_ line: OutboxLine, _ body: (inout SortedPlaces, Timestamp) -> Void) {
        guard let first = line.first else { return }
        if first.isInDigest {
            body(&inDigest, first.nextAttemptAt)
        } else {
            body(&bySeverity[line.severity, default: SortedPlaces()], first.nextAttemptAt)
        }
        body(&byDue, first.nextAttemptAt)
        body(&byAge, first.firstDueAt)
    }
}

/// Numbers, each with a time, in the order of their times.
struct SortedPlaces: Sendable {
    private var all: [(time: Timestamp, place: Int)] = []

    var isEmpty: Bool { all.isEmpty }

    mutating func insert(_ time: Timestamp, _ place: Int) { all.insert((time, place), at: index(time, place)) }

    mutating func remove(_ time: Timestamp, _ place: Int) {
        let index = index(time, place)
        if index < all.count, all[index] == (time, place) { all.remove(at: index) }
    }

    func first(_ limit: Int, until time: Timestamp) -> [Int] {
        all.prefix(max(limit, 0)).prefix { $0.time <= time }.map(\.place)
    }

    /// Where it stands, or would.
    private func index(_ time: Timestamp, _ place: Int) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle] < (time, place) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
