/// What one channel still has to be told of one incident, in order. No I/O.
struct OutboxLine: Sendable {
    private var waiting: [OutboxItem]

    /// The lines of each channel, the one that is due first at the front.
    static func lines(of open: [OutboxItem]) -> [ChannelName: [OutboxLine]] {
        Dictionary(grouping: open, by: \.channel).mapValues { items in
            Dictionary(grouping: items, by: \.notification.incidentID).values
                .map(OutboxLine.init).sorted { ($0.due, $0.first) < ($1.due, $1.first) }
        }
    }

    private init(_ items: [OutboxItem]) {
        waiting = items.sorted {
            ($0.position, $0.notification.createdAt, $0.id) < ($1.position, $1.notification.createdAt, $1.id)
        }
    }

    private var due: Timestamp { waiting.first?.nextAttemptAt ?? .distantFuture }
    private var first: String { waiting.first?.id ?? "" }

    /// The one to try now; `nil` where nothing is left, or the first must wait.
    func next(at now: Timestamp) -> OutboxItem? { waiting.first.flatMap { $0.nextAttemptAt <= now ? $0 : nil } }

    /// What has become of the first: the next one's turn comes when it has ended.
    mutating func tried(_ item: OutboxItem) {
        if item.state == .queued { waiting[0] = item } else { waiting.removeFirst() }
    }
}
