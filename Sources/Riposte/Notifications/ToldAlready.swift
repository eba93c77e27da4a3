/// What one channel was told of one incident since that was opened, or reopened, last. No I/O.
struct ToldAlready: Sendable {
    private let all: [OutboxItem]
    private let calls: [OutboxItem]
    private let round: Int
    /// Calls that are made where nobody takes the incident up.
    let pending: [OutboxItem]

    /// - Parameter items: those of one incident, in the order in which they were queued.
    init(_ items: [OutboxItem], through channel: ChannelName) {
        all = items.filter { $0.channel == channel }
        let over = all.lastIndex { $0.notification.kind == .resolved }
        let made = all[(over.map { $0 + 1 } ?? 0)...].filter { $0.notification.kind.isCall && $0.state != .dropped }
        pending = made.filter { $0.isHeld && $0.hold?.reason == .unacknowledged }
        calls = made.filter { !$0.isHeld || $0.hold?.reason != .unacknowledged }
        round = all.count { $0.notification.kind == .resolved }
    }

    /// What waits for the end of quiet hours, or for a digest.
    var held: [OutboxItem] { all.filter { $0.isHeld && $0.hold?.reason != .unacknowledged } }

    var hasReachedSomebody: Bool { calls.contains { $0.state == .delivered } }

    /// A call as it is queued; `nil` where people were called at its severity or a higher one already.
    func item(calling notification: Notification, _ channel: ChannelName, at now: Timestamp) -> OutboxItem? {
        guard !calls.contains(where: { $0.notification.severity >= notification.severity }) else { return nil }
        var notification = notification
        notification.kind = calls.isEmpty ? .opened : .escalated
        if round > 0 { notification.id += "-\(round)" }
        return OutboxItem(notification: notification, channel: channel, position: all.count, nextAttemptAt: now)
    }

    /// What follows a call up, as it is queued; `nil` where nobody was called, or this was said already.
    func item(following notification: Notification, _ channel: ChannelName, at now: Timestamp) -> OutboxItem? {
        guard !calls.isEmpty else { return nil }
        var notification = notification
        notification.id = "ntf-" + StableHash.id(["\(notification.incidentID)/\(channel)/\(notification.kind)/\(round)"])
        guard !all.contains(where: { $0.id == notification.id }) else { return nil }
        return OutboxItem(notification: notification, channel: channel, position: all.count, nextAttemptAt: now)
    }
}
