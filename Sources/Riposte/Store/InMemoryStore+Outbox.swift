/// The outbox of an ``InMemoryStore``.
struct InMemoryOutbox: Sendable {
    private struct Key: Sendable, Hashable {
        let channel: ChannelName
        let incident: String

        init(_ item: OutboxItem) { (channel, incident) = (item.channel, item.notification.incidentID) }
    }

    /// In the order in which they were first put; elsewhere an item is its place in here.
    private var items: [OutboxItem] = []
    private var places: [String: Int] = [:]
    private var ofIncident: [String: [Int]] = [:]
    /// What waits.
    private var lines: [Key: [Int]] = [:]
    private var indexes: [ChannelName: InMemoryOutboxIndex] = [:]

    mutating func put(_ item: OutboxItem) {
        let key = Key(item)
        let place = places[item.id] ?? items.count
        if place == items.count {
            items.append(item)
            places[item.id] = place
            ofIncident[key.incident, default: []].append(place)
        }
        let old = line(key)
        items[place] = item
        lines[key, default: []].removeAll { $0 == place }
        if item.state == .queued { lines[key, default: []].append(place) }
        if lines[key] == [] { lines[key] = nil }
        update(key, from: old)
    }

    func item(_ id: String) -> OutboxItem? { places[id].map { items[$0] } }

    func openItems() -> [OutboxItem] {
        lines.values.joined().map { items[$0] }.sorted { a, b in
            a.nextAttemptAt != b.nextAttemptAt ? a.nextAttemptAt < b.nextAttemptAt : a.id < b.id
        }
    }

    func items(of incident: IncidentID) -> [OutboxItem] { (ofIncident[incident.rawValue] ?? []).map { items[$0] } }

    var channels: [ChannelName] { indexes.filter { !$0.value.isEmpty }.keys.sorted() }

    func lines(_ query: OutboxQuery) -> [OutboxLine] {
        (indexes[query.channel]?.firsts(query) ?? []).compactMap { line(Key(items[$0])) }
    }

    private func line(_ key: Key) -> OutboxLine? {
        guard let places = lines[key] else { return nil }
        return OutboxLine(places.sorted().map { items[$0] })
    }

    private mutating func update(_ key: Key, from old: OutboxLine?) {
        var index = indexes.removeValue(forKey: key.channel) ?? InMemoryOutboxIndex()
        if let old, let place = old.first.flatMap({ places[$0.id] }) { index.remove(old, place) }
        if let new = line(key), let place = new.first.flatMap({ places[$0.id] }) { index.insert(new, place) }
        indexes[key.channel] = index
    }
}
