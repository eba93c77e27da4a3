/// What one channel still has to be told of one incident, in order: an item's turn comes when those before it have ended. So a
/// line is due when its first item is.
public struct OutboxLine: Sendable, Hashable {
    /// By position, then by creation, then as they were put.
    public private(set) var items: [OutboxItem]
    /// That of the most severe item: what comes before it is as urgent.
    public let severity: Severity

    /// Creates a line.
    ///
    /// - Parameter items: those of one channel and incident that wait, in the order in which they were first put.
    public init(_ items: [OutboxItem]) {
        self.items = items.enumerated().sorted { a, b in
            (a.element.position, a.element.notification.createdAt, a.offset)
                < (b.element.position, b.element.notification.createdAt, b.offset)
        }.map(\.element)
        severity = items.lazy.map(\.notification.severity).max() ?? .info
    }

    /// The one whose turn it is; `nil` = nothing is left.
    public var first: OutboxItem? { items.first }

    /// The one to try now; `nil` where nothing is left, or the first must wait.
    func next(at now: Timestamp) -> OutboxItem? { first.flatMap { $0.nextAttemptAt <= now ? $0 : nil } }

    /// What has become of the first: the next one's turn comes when it has ended.
    mutating func tried(_ item: OutboxItem) {
        if item.state == .queued { items[0] = item } else { items.removeFirst() }
    }
}
