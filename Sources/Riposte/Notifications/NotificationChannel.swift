/// A way to reach people.
///
/// An implementer promises that delivering the same notification twice is as harmless as the other side allows: it passes
/// ``Notification/id`` on as an idempotency key where there is such a thing. After a crash a delivery may be made again.
public protocol NotificationChannel: Sendable {
    var name: ChannelName { get }
    func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt
}

/// What the other side said.
public struct DeliveryReceipt: Sendable, Hashable {
    public var message: String
    public init(_ message: String) { self.message = message }
}

/// Why a notification was not delivered.
public struct DeliveryFailure: ClassifiedError, Sendable, Hashable, CustomStringConvertible {
    public var kind: FailureKind
    /// A sentence without a secret.
    public var message: String
    public var retryAfter: Duration?

    public init(_ kind: FailureKind, _ message: String, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfter = retryAfter
    }

    public var description: String { message }
}
