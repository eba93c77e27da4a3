/// What is written into the outbox where people are told something of an incident. No I/O.
struct NotificationPlan {
    let rules: NotificationRules
    /// The outbox of the incident, in the order in which it was queued.
    let told: [OutboxItem]
    let now: Timestamp

    /// A call through `channel`, and what else changes with it; `nil` where people were called at its severity or a higher one
    /// already.
    func items(calling notification: Notification, _ channel: ChannelName) -> [OutboxItem]? {
        let before = ToldAlready(told, through: channel)
        guard var item = before.item(calling: notification, channel, at: now) else { return nil }
        let own = rules[channel]
        var items = before.pending.map { dropped($0, because: "people are told at once") }
        if let end = own.digestEnd(for: notification.severity, at: now) {
            item.hold(.digest, until: end)
        } else {
            items += before.held.map(released)
        }
        items.append(item)
        let reached = item.hold?.until ?? own.quietEnd(for: notification.severity, at: now) ?? now
        var passed: Set<ChannelName> = [channel]
        return items + handOvers(of: notification, from: channel, told: reached, &passed)
    }

    /// What follows a call up through `channel`, where that follows it, and the calls that it makes needless.
    func items(following notification: Notification, _ channel: ChannelName, follows: Bool) -> [OutboxItem] {
        let before = ToldAlready(told, through: channel)
        let isTaken = notification.kind == .acknowledged || notification.kind == .resolved
        let items = isTaken ? before.pending.map { dropped($0, because: "the incident was \(notification.kind) before") } : []
        guard follows, var item = before.item(following: notification, channel, at: now) else { return items }
        if let end = rules[channel].digestEnd(for: notification.severity, at: now) { item.hold(.digest, until: end) }
        return items + [item]
    }

    /// The calls through other channels that are made where nobody takes the incident up.
    private func handOvers(
        of notification: Notification, from channel: ChannelName, told reached: Timestamp, _ passed: inout Set<ChannelName>
    ) -> [OutboxItem] {
        guard let handOver = rules[channel].handOver else { return [] }
        var items: [OutboxItem] = []
        for next in handOver.to where passed.insert(next).inserted && notification.severity >= rules[next].minimumSeverity {
            var copy = notification
            copy.id = "ntf-" + StableHash.id(["\(notification.id)/\(next)/unacknowledged"])
            copy.body += " Nobody has taken it up in \(DurationText.format(handOver.after)) after \(channel) was to be told."
            let before = ToldAlready(told, through: next)
            guard !before.pending.contains(where: { $0.notification.severity >= notification.severity }),
                var item = before.item(calling: copy, next, at: now)
            else { continue }
            // What rises is called no later than it was to be before.
            let due = before.pending.map(\.nextAttemptAt).reduce(reached + handOver.after, min)
            item.hold(.unacknowledged, until: rules[next].quietEnd(for: notification.severity, at: due) ?? due)
            items += before.pending.map { dropped($0, because: "the severity has risen") } + [item]
            items += handOvers(of: notification, from: next, told: item.nextAttemptAt, &passed)
        }
        return items
    }

    private func dropped(_ item: OutboxItem, because reason: String) -> OutboxItem {
        OutboxPolicy().dropped(item, because: reason, at: now)
    }

    private func released(_ item: OutboxItem) -> OutboxItem {
        var item = item
        item.hold = nil
        item.nextAttemptAt = now
        return item
    }
}
