internal import Riposte

extension StoreContract {
    func checkOutboxLines() async throws {
        let items = StoreSamples.outbox()
        let store = try await store(with: items.map(StoreOperation.putOutboxItem))
        try await checkLines(of: items, in: store)
        try require(try await store.outboxChannels(), is: ["mail", "sms"], "channels for which something waits")
        let other = OutboxQuery("other", .longestDue, at: .distantFuture, limit: 10)
        try require(try await store.outboxLines(other), is: [], "lines of a channel for which nothing waits")
    }

    func checkOutboxChanges() async throws {
        var items = StoreSamples.outbox()
        let store = try await store(with: items.map(StoreOperation.putOutboxItem))
        for index in items.indices where index % 3 == 1 {
            items[index].nextAttemptAt = StoreSamples.time(index % 5)
            items[index].hold = index % 2 == 0 ? nil : OutboxItem.Hold(until: StoreSamples.time(index % 5), reason: .digest)
            if index % 5 == 0 { items[index].state = .failed }
            if index % 11 == 3 { items[index].state = .queued }
        }
        try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
        try await checkLines(of: items, in: store)
        for index in items.indices where items[index].channel == "sms" { items[index].state = .dropped }
        try await store.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
        try await checkLines(of: items, in: store)
        try require(try await store.outboxChannels(), is: ["mail"], "channels for which something waits, after one has nothing left")
    }

    private func checkLines(of items: [OutboxItem], in store: any IncidentStore) async throws {
        for channel in ["mail", "sms"] as [ChannelName] {
            for order in OutboxQuery.Order.allCases {
                for time in [-1, 0, 2, 3, 8].map(StoreSamples.time) {
                    for limit in [0, 1, 3, 100] {
                        let query = OutboxQuery(channel, order, at: time, limit: limit)
                        try require(try await store.outboxLines(query), is: Self.lines(query, of: items), "lines by \(query)")
                    }
                }
            }
        }
    }

    /// What there is to be found, by looking at everything.
    private static func lines(_ query: OutboxQuery, of items: [OutboxItem]) -> [OutboxLine] {
        let places = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1.id, $0) })
        let open = items.filter { $0.channel == query.channel && $0.state == .queued }
        let lines = Dictionary(grouping: open, by: \.notification.incidentID).values.compactMap { line -> Found? in
            let line = OutboxLine(line)
            return line.first.map { Found(line: line, first: $0, place: places[$0.id] ?? 0) }
        }
        return lines.filter { $0.isAsked(query) }.sorted { $0.key(query) < $1.key(query) }.prefix(query.limit).map(\.line)
    }

    private struct Found {
        let line: OutboxLine
        let first: OutboxItem
        let place: Int

        func isAsked(_ query: OutboxQuery) -> Bool {
            switch query.order {
            case .mostSevere: first.nextAttemptAt <= query.time && !first.isInDigest
            case .inDigest: first.nextAttemptAt <= query.time && first.isInDigest
            case .longestDue: first.nextAttemptAt <= query.time
            case .oldest: first.firstDueAt <= query.time
            }
        }

        func key(_ query: OutboxQuery) -> (Int, Timestamp, Int) {
            let rank = query.order == .mostSevere ? -Int(line.severity.rawValue) : 0
            return (rank, query.order == .oldest ? first.firstDueAt : first.nextAttemptAt, place)
        }
    }
}
