/// The outbox of an ``InMemoryStore``.
struct InMemoryOutbox: Sendable {
    private var items: [String: (order: Int, item: OutboxItem)] = [:]
    private var open: Set<String> = []

    mutating func put(_ item: OutboxItem) {
        items[item.id] = (items[item.id]?.order ?? items.count, item)
        if item.state == .queued { open.insert(item.id) } else { open.remove(item.id) }
    }

    func item(_ id: String) -> OutboxItem? { items[id]?.item }

    func openItems() -> [OutboxItem] {
        open.compactMap { items[$0]?.item }.sorted { a, b in
            a.nextAttemptAt != b.nextAttemptAt ? a.nextAttemptAt < b.nextAttemptAt : a.id < b.id
        }
    }

    func items(of incident: IncidentID) -> [OutboxItem] {
        items.values.filter { "\($0.item.notification.incidentID)" == incident.rawValue }.sorted { $0.order < $1.order }.map(\.item)
    }
}
