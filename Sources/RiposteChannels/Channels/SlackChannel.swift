public import Riposte

/// Posts notifications to Slack, or to what speaks its language (Mattermost, Rocket.Chat), through an incoming webhook.
///
/// The webhook's URL is the secret: it is read from where it is kept at each delivery, and no message shows its path. Slack
/// knows no idempotency key, so a notification whose answer was lost can appear twice.
public struct SlackChannel: NotificationChannel {
    public let name: ChannelName
    private let webhook: SecretWebhook

    /// - Parameter allowsPlainHTTP: whether the URL may be `http`, for a server of one's own: the secret then crosses the
    ///   network in the clear.
    public init(
        name: ChannelName = "slack", webhook: Secret, allowsPlainHTTP: Bool = false, timeout: Duration = .seconds(10), client: HTTPClient
    ) {
        self.name = name
        self.webhook = SecretWebhook(url: webhook, allowsPlainHTTP: allowsPlainHTTP, timeout: timeout, client: client)
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        let answer = try await webhook.post(SlackMessage(notification).bytes)
        guard let kind = answer.response.failureKind else { return DeliveryReceipt("posted") }
        throw answer.failure(kind, Self.reason(answer.response))
    }

    /// Slack's own word for what is wrong, `invalid_payload`. Anything else that stands there is not repeated.
    private static func reason(_ response: HTTPResponse) -> String {
        let isWord = (1...64).contains(response.body.count) && response.body.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        return isWord ? response.text : ""
    }
}
