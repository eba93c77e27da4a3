public import Logging

/// Tells people through the log: at the level that fits the severity, the facts as metadata. Control characters are
/// replaced by spaces, so that nobody writes a line of their own.
public struct LoggerChannel: NotificationChannel {
    public let name: ChannelName
    private let logger: Logger

    /// - Parameter name: what playbooks call it.
    public init(name: ChannelName = "log", logger: Logger) {
        self.name = name
        self.logger = logger
    }

    public func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        logger.log(level: Self.level(notification), "\(PlainText.line(notification.title))", metadata: Self.metadata(notification))
        return DeliveryReceipt("logged")
    }

    private static func level(_ notification: Notification) -> Logger.Level {
        guard notification.kind.isCall else { return .notice }
        return switch notification.severity {
        case .info: .info
        case .low: .notice
        case .medium: .warning
        case .high: .error
        case .critical: .critical
        }
    }

    private static func metadata(_ notification: Notification) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for fact in notification.facts { metadata["fact.\(PlainText.line(fact.name))"] = "\(PlainText.line(fact.value))" }
        metadata["kind"] = "\(notification.kind)"
        metadata["notification"] = "\(notification.id)"
        metadata["incident"] = "\(PlainText.line(notification.incidentID))"
        metadata["severity"] = "\(notification.severity)"
        metadata["body"] = "\(PlainText.line(notification.body))"
        if let link = notification.link { metadata["link"] = "\(PlainText.line(link))" }
        return metadata
    }
}
