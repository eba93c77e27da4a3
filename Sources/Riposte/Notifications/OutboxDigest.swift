/// Notifications that one channel is told together. No I/O.
struct OutboxDigest: Sendable {
    /// Oldest first; what is told of one incident keeps its order.
    let items: [OutboxItem]

    /// The first of one channel's digests. Those that were held until the same moment go together, also when it is tried again: so
    /// a digest stays the same.
    ///
    /// - Parameter lines: those that begin with what is told together, by when they are due.
    init?(first lines: [OutboxLine]) {
        guard let due = lines.first?.first?.nextAttemptAt else { return nil }
        let together = lines.prefix { $0.first?.nextAttemptAt == due }
        self.init(together.flatMap { line in line.items.prefix { $0.isInDigest && $0.nextAttemptAt == due } })
    }

    init(_ items: [OutboxItem]) {
        self.items = items.sorted {
            ($0.notification.createdAt, $0.position, $0.id) < ($1.notification.createdAt, $1.position, $1.id)
        }
    }

    var severity: Severity { items.map(\.notification.severity).max() ?? .info }
    var incidents: Set<String> { Set(items.map(\.notification.incidentID)) }

    private static let listed = 25

    /// One that stands for all of them; the only one as it is.
    var notification: Notification? {
        guard let first = items.first?.notification, let last = items.last?.notification else { return nil }
        guard items.count > 1 else { return first }
        let id = "dig-" + StableHash.id(items.map(\.id))
        let few = incidents.count == 1 ? "one incident" : "\(incidents.count) incidents"
        var lines = items.prefix(Self.listed).map { item in
            "- [\(item.notification.severity)] \(item.notification.title) (\(item.notification.incidentID), \(item.notification.kind))"
        }
        if items.count > Self.listed { lines.append("and \(items.count - Self.listed) more: riposte incident list") }
        return Notification(
            id: id, kind: .digest, incidentID: id, severity: severity, title: "\(items.count) notifications of \(few)",
            body: lines.joined(separator: "\n"), createdAt: last.createdAt, deduplicationKey: id)
    }
}
