public import Riposte

/// Posts notifications to Microsoft Teams as Adaptive Cards, through the webhook of a workflow.
///
/// The webhook's URL is the secret: it is read from where it is kept at each delivery, and no message shows more of it than its
/// host. That the workflow has taken a card (202) is all that is known of it. There is no idempotency key, so a notification whose
/// answer was lost can appear twice.
public struct TeamsChannel: NotificationChannel {
    public let name: ChannelName
    private let webhook: SecretWebhook

    /// - Parameter allowsPlainHTTP: whether the URL may be `http`, for a stand-in on this machine.
    public init(
        name: ChannelName = "teams", webhook: Secret, allowsPlainHTTP: Bool = false, timeout: Duration = .seconds(10), client: HTTPClient
    ) {
        self.name = name
        self.webhook = SecretWebhook(url: webhook, allowsPlainHTTP: allowsPlainHTTP, timeout: timeout, client: client)
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        let answer = try await webhook.post(TeamsMessage(notification).bytes)
        guard let kind = answer.response.failureKind else { return DeliveryReceipt("accepted") }
        throw answer.failure(kind, Self.words(answer.response))
    }

    /// `InvalidRequestContent: The request content is not valid.`
    private static func words(_ response: HTTPResponse) -> String {
        guard let error = response.json?["error"] else { return "" }
        return [error["code"]?.string, error["message"]?.string].compactMap(\.self).joined(separator: ": ")
    }
}
