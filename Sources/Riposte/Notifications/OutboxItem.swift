/// A notification that waits to be delivered through one channel.
public struct OutboxItem: Sendable, Hashable, Identifiable {
    /// What is to be told.
    public var notification: Notification
    /// Through which channel.
    public var channel: ChannelName
    /// Whether it is still to be delivered.
    public var state: State
    /// How often it was tried, the attempt that worked included.
    public var attempts: Int
    /// When it is due.
    public var nextAttemptAt: Timestamp
    /// What the last failure said; `nil` = there was none.
    public var lastError: String?
    /// What the other side said when it took it.
    public var receipt: String?
    /// When it was delivered or given up; `nil` while it waits.
    public var endedAt: Timestamp?
    /// Recipients that are not told again; `nil` = none.
    public var settled: [SettledRecipient]?
    /// Why it was not due at once; `nil` = it was.
    public var hold: Hold?
    /// How many of its incident were queued for its channel before it: it is not delivered before they have ended.
    public var position: Int

    public var id: String { notification.id }

    /// What has become of it.
    public enum State: String, Sendable, Hashable, Codable {
        /// It waits, and is tried until it is delivered or given up.
        case queued
        /// The other side has taken it.
        case delivered
        /// Given up.
        case failed
        /// Not sent, because what it follows up was never delivered.
        case dropped
    }

    /// Something that it waits, or has waited, for.
    public struct Hold: Sendable, Hashable, Codable {
        /// When it comes to be delivered.
        public var until: Timestamp
        /// What it waits for.
        public var reason: Reason
        /// Whether it has come to be delivered: from then on nobody lets it go or drops it but who delivers.
        public var isOver: Bool

        /// Creates a hold.
        public init(until: Timestamp, reason: Reason, isOver: Bool = false) {
            self.until = until
            self.reason = reason
            self.isOver = isOver
        }

        /// What a notification can wait for.
        public enum Reason: String, Sendable, Hashable, Codable {
            /// People are left alone until then.
            case quietHours = "quiet_hours"
            /// It is told together with others.
            case digest
            /// It is told where nobody has acknowledged the incident by then.
            case unacknowledged
        }
    }

    /// Creates an item that waits and was not tried yet.
    public init(notification: Notification, channel: ChannelName, position: Int = 0, nextAttemptAt: Timestamp) {
        self.notification = notification
        self.channel = channel
        self.position = position
        self.nextAttemptAt = nextAttemptAt
        state = .queued
        attempts = 0
    }

    /// When it could be delivered at the earliest: from then it counts how long it waits.
    public var firstDueAt: Timestamp { max(notification.createdAt, hold?.until ?? .distantPast) }

    /// Whether it is told together with others.
    public var isInDigest: Bool { hold?.reason == .digest }

    var isHeld: Bool { state == .queued && hold?.isOver == false }

    mutating func hold(_ reason: Hold.Reason, until end: Timestamp) {
        hold = Hold(until: end, reason: reason)
        nextAttemptAt = end
    }
}

extension OutboxItem: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        notification = try container.decode(Notification.self, forKey: .notification)
        channel = try container.decode(ChannelName.self, forKey: .channel)
        state = try container.decode(State.self, forKey: .state)
        attempts = try container.decode(Int.self, forKey: .attempts)
        nextAttemptAt = try container.decode(Timestamp.self, forKey: .nextAttemptAt)
        lastError = try container.decodeIfPresent(String.self, forKey: .lastError)
        receipt = try container.decodeIfPresent(String.self, forKey: .receipt)
        endedAt = try container.decodeIfPresent(Timestamp.self, forKey: .endedAt)
        settled = try container.decodeIfPresent([SettledRecipient].self, forKey: .settled)
        hold = try container.decodeIfPresent(Hold.self, forKey: .hold)
        // Stores of before have no position.
        position = try container.decodeIfPresent(Int.self, forKey: .position) ?? 0
    }
}
