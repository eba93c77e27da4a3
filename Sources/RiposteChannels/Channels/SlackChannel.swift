public import Riposte

/// Posts notifications to Slack, or to what speaks its language (Mattermost, Rocket.Chat), through an incoming webhook.
///
/// The webhook's URL is the secret: it is read from where it is kept at each delivery, and no message shows its path. Slack
/// knows no idempotency key, so a notification whose answer was lost can appear twice.
public struct SlackChannel: NotificationChannel {
    public let name: ChannelName
    private let webhook: Secret
    private let allowsPlainHTTP: Bool
    private let timeout: Duration
    private let client: HTTPClient

    /// - Parameter allowsPlainHTTP: whether the URL may be `http`, for a server of one's own: the secret then crosses the
    ///   network in the clear.
    public init(
        name: ChannelName = "slack", webhook: Secret, allowsPlainHTTP: Bool = false, timeout: Duration = .seconds(10), client: HTTPClient
    ) {
        self.name = name
        self.webhook = webhook
        self.allowsPlainHTTP = allowsPlainHTTP
        self.timeout = timeout
        self.client = client
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        let url = try self.url()
        let response: HTTPResponse
        do throws(HTTPError) {
            var request = HTTPRequest(.post, url, body: SlackMessage(notification).bytes, timeout: timeout)
            try request.fields.set("Content-Type", "application/json; charset=utf-8")
            response = try await client.send(request)
        } catch {
            throw DeliveryFailure(error)
        }
        guard let kind = response.failureKind else { return DeliveryReceipt("posted") }
        throw DeliveryFailure(kind, "\(url.origin) answered \(response.status)" + Self.reason(response), retryAfter: response.retryAfter)
    }

    private func url() throws(DeliveryFailure) -> HTTPURL {
        let value: SecretValue
        do throws(SecretError) { value = try webhook.resolve() } catch { throw DeliveryFailure(error) }
        var url: HTTPURL
        do throws(HTTPError) { url = try HTTPURL(value.revealed) } catch {
            throw DeliveryFailure(.permanent, "the secret \(webhook) is \(error.message)")
        }
        url.concealsPath = true
        guard url.scheme == .https || allowsPlainHTTP else {
            throw DeliveryFailure(.permanent, "the webhook at \(url.origin) is not https")
        }
        return url
    }

    /// Slack's own word for what is wrong, ` (invalid_payload)`. Anything else that stands there is not repeated.
    private static func reason(_ response: HTTPResponse) -> String {
        let isWord = (1...64).contains(response.body.count) && response.body.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        return isWord ? " (\(response.text))" : ""
    }
}
