public import Riposte

/// Sends notifications to a syslog server (RFC 5424), over UDP, TCP or TLS.
///
/// Syslog acknowledges nothing: a delivery has worked when the message was handed over. Over TCP and TLS each message has a connection
/// of its own, so that a server that is away is noticed; certificates are verified (TLS 1.2 or later). The address that is
/// connected to is checked each time (``AddressPolicy``, ``SyslogServer/isThisMachine``).
public struct SyslogChannel: NotificationChannel {
    public let name: ChannelName
    public let follows: Set<Riposte.Notification.Kind> = [.acknowledged, .resolved]
    private let configuration: SyslogConfiguration

    public init(name: ChannelName = "syslog", _ configuration: SyslogConfiguration) {
        self.name = name
        self.configuration = configuration
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        let message = SyslogMessage(notification, configuration).bytes
        let configuration = configuration
        // Both ways wait in C, so not on one of Swift's own threads.
        let result: Result<Void, DeliveryFailure> = await withCheckedContinuation { continuation in
            let isStarted = OwnThread.start {
                do throws(DeliveryFailure) {
                    if configuration.server.transport == .udp {
                        try SyslogDatagram(configuration).send(message)
                    } else {
                        try SyslogStream(configuration).send(message)
                    }
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if !isStarted { continuation.resume(returning: .failure(DeliveryFailure(.transient, "no thread could be started for syslog"))) }
        }
        try result.get()
        return DeliveryReceipt("sent to \(configuration.server) over \(configuration.server.transport.rawValue.uppercased())")
    }
}
