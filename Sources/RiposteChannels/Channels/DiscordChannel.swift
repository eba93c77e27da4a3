public import Riposte

/// Posts notifications to Discord through a webhook.
///
/// The webhook's URL is the secret: it is read from where it is kept at each delivery, and no message shows its path. Discord
/// is asked to answer when the message is there. It knows no idempotency key for webhooks, so a notification whose answer was
/// lost can appear twice. Nobody is pinged by what stands in a message.
public struct DiscordChannel: NotificationChannel {
    public let name: ChannelName
    private let webhook: SecretWebhook

    /// - Parameter allowsPlainHTTP: whether the URL may be `http`, for a stand-in on this machine.
    public init(
        name: ChannelName = "discord", webhook: Secret, allowsPlainHTTP: Bool = false, timeout: Duration = .seconds(10), client: HTTPClient
    ) {
        self.name = name
        self.webhook = SecretWebhook(url: webhook, allowsPlainHTTP: allowsPlainHTTP, timeout: timeout, client: client)
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        // Without `wait`, Discord says yes to a message that it then cannot keep.
        let answer = try await webhook.post(DiscordMessage(notification).bytes, query: "wait=true")
        guard let kind = answer.response.failureKind else { return DeliveryReceipt("posted") }
        throw answer.failure(kind, Self.words(answer.response), retryAfter: Self.retryAfter(answer.response))
    }

    /// `Invalid Form Body, 50035`
    private static func words(_ response: HTTPResponse) -> String {
        guard let json = response.json else { return "" }
        return [json["message"]?.string, json["code"]?.int.map { String($0) }].compactMap(\.self).joined(separator: ", ")
    }

    /// Discord says it more exactly in the body than in the header.
    private static func retryAfter(_ response: HTTPResponse) -> Duration? {
        guard response.status == 429 else { return nil }
        switch response.json?["retry_after"] {
        case .int(let seconds) where (0...86_400).contains(seconds): return .seconds(seconds)
        case .double(let seconds) where (0...86_400).contains(seconds): return .milliseconds(Int64((seconds * 1000).rounded(.up)))
        default: return nil
        }
    }
}
