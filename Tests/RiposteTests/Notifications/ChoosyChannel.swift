import Riposte
import Synchronization

/// A channel of which a test says for each notification whether it fails, told what was delivered before.
final class ChoosyChannel: NotificationChannel {
    typealias Choice = @Sendable (_ delivered: [Notification], Notification) async -> DeliveryFailure?

    let name: ChannelName
    let follows: Set<Notification.Kind> = [.acknowledged, .resolved]
    private let choice: Choice
    private let state = Mutex((attempts: [Notification](), delivered: [Notification]()))

    init(_ name: ChannelName = "slack", _ choice: @escaping Choice) { (self.name, self.choice) = (name, choice) }

    var attempts: [Notification] { state.withLock(\.attempts) }
    var delivered: [Notification] { state.withLock(\.delivered) }

    func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        state.withLock { $0.attempts.append(notification) }
        if let failure = await choice(delivered, notification) { throw failure }
        state.withLock { $0.delivered.append(notification) }
        return DeliveryReceipt("kept")
    }
}
