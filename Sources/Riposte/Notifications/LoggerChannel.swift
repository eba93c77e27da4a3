public import Logging

/// Tells people through the log.
public struct LoggerChannel: NotificationChannel {
    public let name: ChannelName
    private let logger: Logger

    public init(name: ChannelName = "log", logger: Logger) {
        self.name = name
        self.logger = logger
    }

    public func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        logger.warning(
            "\(notification.title)", metadata: ["incident": "\(notification.incidentID)", "severity": "\(notification.severity)", "body": "\(notification.body)"])
        return DeliveryReceipt("logged")
    }
}
