public import Riposte
internal import Synchronization

/// A notification channel that keeps what it was given.
public final class RecordingChannel: NotificationChannel {
    private struct State {
        var delivered: [Notification] = []
        var attempts = 0
        var failure: DeliveryFailure?
    }

    public let name: ChannelName
    public let follows: Set<Notification.Kind>
    private let state = Mutex(State())

    public init(_ name: ChannelName = "slack", follows: Set<Notification.Kind> = [.resolved]) {
        self.name = name
        self.follows = follows
    }

    /// What was delivered, in order.
    public var delivered: [Notification] { state.withLock { $0.delivered } }
    /// How often it was asked to.
    public var attempts: Int { state.withLock { $0.attempts } }

    /// Every delivery fails like this, until told `nil`.
    public func failing(_ failure: DeliveryFailure?) { state.withLock { $0.failure = failure } }

    public func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        let failure = state.withLock { state -> DeliveryFailure? in
            state.attempts += 1
            if state.failure == nil { state.delivered.append(notification) }
            return state.failure
        }
        if let failure { throw failure }
        return DeliveryReceipt("kept")
    }
}
