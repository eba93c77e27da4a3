public import Riposte

/// Calls people through PagerDuty (Events API v2): an incident triggers one alert, which is acknowledged and resolved with it.
///
/// ``Riposte/Notification/deduplicationKey`` is the alert's `dedup_key`: what is delivered again changes nothing there. The
/// routing key is read from where it is kept at each delivery, and no message shows it.
public struct PagerDutyChannel: NotificationChannel {
    public let name: ChannelName
    public let follows: Set<Riposte.Notification.Kind> = [.acknowledged, .resolved]
    private let routingKey: Secret
    private let url: HTTPURL
    private let source: String
    private let timeout: Duration
    private let client: HTTPClient

    public static let address = "https://events.pagerduty.com/v2/enqueue"

    /// - Parameters:
    ///   - url: another than ``address`` for the service region EU, `https://events.eu.pagerduty.com/v2/enqueue`.
    ///   - source: what PagerDuty shows as the affected system: this machine's name.
    /// - Throws: ``HTTPError`` for a URL that is none, or that would send the routing key in the clear to another machine.
    public init(
        name: ChannelName = "pagerduty", routingKey: Secret, url: String = address, source: String, timeout: Duration = .seconds(10),
        client: HTTPClient
    ) throws(HTTPError) {
        self.name = name
        self.routingKey = routingKey
        self.url = try HTTPURL(url)
        guard self.url.scheme == .https || self.url.hostAddress?.isLoopback == true else {
            throw HTTPError(.invalidURL, .permanent, "the routing key would go to \(self.url.origin) in the clear; use https")
        }
        self.source = source
        self.timeout = timeout
        self.client = client
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        let key: SecretValue
        do throws(SecretError) { key = try routingKey.resolve() } catch { throw DeliveryFailure(error) }
        let event = PagerDutyEvent(notification, source: source)
        let response: HTTPResponse
        do throws(HTTPError) {
            var request = HTTPRequest(.post, url, body: event.bytes(routingKey: key), timeout: timeout)
            try request.fields.set("Content-Type", "application/json")
            response = try await client.send(request)
        } catch {
            throw DeliveryFailure(error)
        }
        guard let kind = response.failureKind else { return DeliveryReceipt("\(event.action.rawValue) accepted") }
        throw DeliveryFailure(
            kind, "\(url.origin) answered \(response.status)" + Self.reason(response, key), retryAfter: response.retryAfter)
    }

    /// PagerDuty's own words, ` (invalid event: Event object is invalid: Length of 'routing_key' is incorrect)`.
    private static func reason(_ response: HTTPResponse, _ key: SecretValue) -> String {
        guard let json = response.json else { return "" }
        let words = [json["status"], json["message"]].compactMap(\.self) + (json["errors"]?.array ?? [])
        let text = PlainText.line(words.compactMap(\.string).joined(separator: ": "))
        return text.isEmpty || text.contains(key.revealed) ? "" : " (\(text.prefix(300)))"
    }
}
