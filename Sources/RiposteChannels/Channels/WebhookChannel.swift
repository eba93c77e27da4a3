public import Riposte

/// Posts notifications as signed JSON to a URL of the user's own.
///
/// ``Riposte/Notification/id`` goes along as `Idempotency-Key`: a delivery that is made again after a crash, or because its
/// answer was lost, carries the same. The receiver checks the signature with ``RequestSignature``.
public struct WebhookChannel: NotificationChannel {
    public let name: ChannelName
    private let webhook: WebhookRequest
    private let client: HTTPClient
    private let clock: any WallClock

    /// - Parameter configuration: its templates read `notification` (`{{ notification.title }}`). Where it has no body, the
    ///   whole notification is sent: `id`, `kind`, `incident`, `severity`, `title`, `body`, `facts`, `link`, `created_at`,
    ///   `deduplication_key`.
    /// - Throws: ``WebhookError`` where the configuration cannot work.
    public init(
        name: ChannelName = "webhook", _ configuration: WebhookConfiguration, client: HTTPClient, clock: any WallClock = SystemClock()
    ) throws(WebhookError) {
        var configuration = configuration
        configuration.body = configuration.body ?? "{{ notification }}"
        webhook = try WebhookRequest(configuration)
        self.name = name
        self.client = client
        self.clock = clock
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        let context: JSONValue = ["notification": JSONValue(notification)]
        do throws(WebhookError) {
            let response = try await webhook.send(in: context, idempotencyKey: notification.id, through: client, clock: clock)
            return DeliveryReceipt("\(webhook.origin) answered \(response.status)")
        } catch {
            throw DeliveryFailure(error)
        }
    }
}
