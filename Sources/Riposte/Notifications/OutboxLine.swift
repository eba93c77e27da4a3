/// What one channel still has to be told of one incident, in order. No I/O.
struct OutboxLine: Sendable {
    private var waiting: [OutboxItem]
    let severity: Severity
    private let due: Timestamp
    private let first: String

    /// One channel's lines of which something can be tried at `now`, the most severe first, then the one that is due longest.
    static func due(_ open: [OutboxItem], at now: Timestamp) -> [OutboxLine] {
        Dictionary(grouping: open, by: \.notification.incidentID).values.map(OutboxLine.init).filter { $0.next(at: now) != nil }
            .sorted { a, b in a.severity != b.severity ? a.severity > b.severity : (a.due, a.first) < (b.due, b.first) }
    }

    private init(_ items: [OutboxItem]) {
        waiting = items.sorted {
            ($0.position, $0.notification.createdAt, $0.id) < ($1.position, $1.notification.createdAt, $1.id)
        }
        severity = items.lazy.map(\.notification.severity).max() ?? .info
        due = waiting.first?.nextAttemptAt ?? .distantFuture
        first = waiting.first?.id ?? ""
    }

    /// The one to try now; `nil` where nothing is left, or the first must wait.
    func next(at now: Timestamp) -> OutboxItem? { waiting.first.flatMap { $0.nextAttemptAt <= now ? $0 : nil } }

    /// What has become of the first: the next one's turn comes when it has ended.
    mutating func tried(_ item: OutboxItem) {
        if item.state == .queued { waiting[0] = item } else { waiting.removeFirst() }
    }
}
