/// A way to reach people.
///
/// An implementer promises that delivering the same notification twice is as harmless as the other side allows: it passes
/// ``Notification/id`` on as an idempotency key where there is such a thing. After a crash a delivery may be made again.
/// Notifications of one incident come in the order in which they were queued, the next one only when the one before is
/// delivered or given up.
public protocol NotificationChannel: Sendable {
    /// What playbooks and settings call it.
    var name: ChannelName { get }
    /// What people who were told of an incident here are told further. Default: that it is resolved.
    var follows: Set<Notification.Kind> { get }
    /// Delivers a notification, once as far as the other side allows.
    ///
    /// - Throws: a ``DeliveryFailure`` that says whether it is worth trying again. One that is, and by which nobody is reached, is
    ///   taken for the whole channel's: it is left alone for a while.
    func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt
    /// The same for a channel that tells several people one by one. Those in `settled`, which earlier attempts have ended with
    /// (``DeliveryFailure/settled``), are not told again. Default: there are none such.
    func deliver(_ notification: Notification, settled: [SettledRecipient]) async throws(DeliveryFailure) -> DeliveryReceipt
}

extension NotificationChannel {
    public var follows: Set<Notification.Kind> { [.resolved] }

    public func deliver(_ notification: Notification, settled: [SettledRecipient]) async throws(DeliveryFailure) -> DeliveryReceipt {
        try await deliver(notification)
    }
}

/// One of several recipients, for whom it is decided whether they got a notification.
public struct SettledRecipient: Sendable, Hashable, Codable {
    /// Who, as the channel names them.
    public var recipient: String
    /// Whether they have got it; `false` = they will not.
    public var isReached: Bool
    /// What the other side said of it, without a secret.
    public var words: String

    /// Creates the note of it.
    public init(_ recipient: String, isReached: Bool, words: String) {
        self.recipient = recipient
        self.isReached = isReached
        self.words = words
    }
}

/// What the other side said.
public struct DeliveryReceipt: Sendable, Hashable {
    /// A few words without a secret; may be empty. Shown in the incident.
    public var message: String
    /// - Parameter message: a few words without a secret.
    public init(_ message: String) { self.message = message }
}

/// Why a notification was not delivered.
public struct DeliveryFailure: ClassifiedError, Sendable, Hashable, CustomStringConvertible {
    public var kind: FailureKind
    /// A sentence without a secret.
    public var message: String
    /// How long the other side asks to be left alone; `nil` = it does not say.
    public var retryAfter: Duration?
    /// Recipients that the next attempt leaves out; kept with the notification, also over a restart.
    public var settled: [SettledRecipient]

    /// Creates a failure.
    ///
    /// - Parameter kind: a permanent one gives the notification up, others are tried again for a day.
    public init(_ kind: FailureKind, _ message: String, retryAfter: Duration? = nil, settled: [SettledRecipient] = []) {
        self.kind = kind
        self.message = message
        self.retryAfter = retryAfter
        self.settled = settled
    }

    public var description: String { message }
}
