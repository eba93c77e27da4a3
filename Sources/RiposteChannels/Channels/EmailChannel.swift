public import Riposte

/// Sends notifications by mail, as text and HTML, through one SMTP server.
///
/// - Encryption that is asked for is never done without, certificates are verified (TLS 1.2 or later), and the address that
///   is connected to is checked each time (``AddressPolicy``, ``MailServer/isThisMachine``).
/// - The password is read from where it is kept at each delivery.
/// - ``Riposte/Notification/id`` is the mail's `Message-ID`: one that is delivered again is the same mail.
/// - Where a server takes some recipients and puts off others, those are tried again alone, also after a restart. Refused ones are
///   named in the receipt.
public final class EmailChannel: NotificationChannel {
    public let name: ChannelName
    private let configuration: EmailConfiguration
    private let relay: MailRelay

    /// - Throws: ``UnusableEmail`` where the configuration cannot work.
    public init(name: ChannelName = "email", _ configuration: EmailConfiguration) throws(UnusableEmail) {
        if let problem = configuration.problem { throw UnusableEmail(description: problem) }
        self.name = name
        self.configuration = configuration
        relay = MailRelay(configuration)
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        try await deliver(notification, settled: [])
    }

    public func deliver(
        _ notification: Riposte.Notification, settled: [SettledRecipient]
    ) async throws(DeliveryFailure) -> DeliveryReceipt {
        let ended = Set(settled.map(\.recipient))
        let open = configuration.to.filter { !ended.contains($0.address) }
        let message = EmailMessage(notification, from: configuration.from, to: configuration.to)
        let outcome = try await relay.send(message.bytes, to: open)
        return try MailVerdict(outcome, recipients: open.map(\.address), earlier: settled, server: configuration.server).result.get()
    }
}

/// Mail settings that cannot work.
public struct UnusableEmail: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String
}
