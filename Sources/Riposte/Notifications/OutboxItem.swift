/// A notification that waits to be delivered through one channel.
public struct OutboxItem: Sendable, Hashable, Codable, Identifiable {
    public var notification: Notification
    public var channel: ChannelName
    public var state: State
    public var attempts: Int
    public var nextAttemptAt: Timestamp
    public var lastError: String?
    public var endedAt: Timestamp?

    public var id: String { notification.id }

    public enum State: String, Sendable, Hashable, Codable { case queued, delivered, failed }

    public init(notification: Notification, channel: ChannelName, nextAttemptAt: Timestamp) {
        self.notification = notification
        self.channel = channel
        self.nextAttemptAt = nextAttemptAt
        state = .queued
        attempts = 0
    }
}
