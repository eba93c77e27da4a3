public import Riposte

/// Calls people through Opsgenie (Alert API v2): an incident opens one alert, which is acknowledged and closed with it.
///
/// ``Riposte/Notification/deduplicationKey`` is the alert's alias: what is delivered again changes nothing there. Opsgenie
/// accepts (202) and carries out later; the receipt has the id of its request. The key is read from where it is kept at each
/// delivery, and no message shows it.
public struct OpsgenieChannel: NotificationChannel {
    public let name: ChannelName
    public let follows: Set<Riposte.Notification.Kind> = [.acknowledged, .resolved]
    private let apiKey: Secret
    private let url: HTTPURL
    private let source: String
    private let timeout: Duration
    private let client: HTTPClient

    public static let address = "https://api.opsgenie.com"
    public static let europeanAddress = "https://api.eu.opsgenie.com"

    /// - Parameters:
    ///   - apiKey: where the key of an API integration is.
    ///   - url: ``europeanAddress`` for accounts in the EU.
    ///   - source: what Opsgenie shows as the alert's source: this machine's name.
    /// - Throws: ``HTTPError`` for a URL that is none, or that would send the key in the clear to another machine.
    public init(
        name: ChannelName = "opsgenie", apiKey: Secret, url: String = address, source: String, timeout: Duration = .seconds(10),
        client: HTTPClient
    ) throws(HTTPError) {
        self.name = name
        self.apiKey = apiKey
        self.url = try HTTPURL(url)
        guard self.url.scheme == .https || self.url.hostAddress?.isLoopback == true else {
            throw HTTPError(.invalidURL, .permanent, "the API key would go to \(self.url.origin) in the clear; use https")
        }
        self.source = source
        self.timeout = timeout
        self.client = client
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        let key: SecretValue
        do throws(SecretError) { key = try apiKey.resolve() } catch { throw DeliveryFailure(error) }
        var receipts: [String] = []
        for call in OpsgenieAlert(notification, source: source).calls { receipts.append(try await send(call, key)) }
        return DeliveryReceipt(receipts.joined(separator: "; "))
    }

    private func send(_ call: OpsgenieAlert.Call, _ key: SecretValue) async throws(DeliveryFailure) -> String {
        let response: HTTPResponse
        do throws(HTTPError) {
            let base = url.origin + (url.path == "/" ? "" : url.path)
            var request = HTTPRequest(call.method, try HTTPURL(base + call.target), body: call.bytes, timeout: timeout)
            try request.fields.set("Content-Type", "application/json")
            try request.fields.set("Authorization", "GenieKey \(key.revealed)")
            response = try await client.send(request)
        } catch {
            throw DeliveryFailure(error)
        }
        guard let kind = response.failureKind else {
            let id = response.json?["requestId"]?.string.map { ServerWords.shown("request \($0)", without: [key.revealed]) }
            return "\(call.word) accepted" + (id ?? "")
        }
        throw DeliveryFailure(
            kind,
            "\(url.origin) answered \(response.status)" + ServerWords.shown(Self.words(response), without: [key.revealed])
                + " to \(call.word)", retryAfter: Self.retryAfter(response))
    }

    /// `Request body is not processable. Please check the errors.: message: Message can not be empty.`
    private static func words(_ response: HTTPResponse) -> String {
        guard let json = response.json else { return "" }
        let errors = json["errors"]?.object ?? [:]
        let details = errors.sorted { $0.key < $1.key }.compactMap { error in error.value.string.map { "\(error.key): \($0)" } }
        return ([json["message"]?.string].compactMap(\.self) + details).joined(separator: " ")
    }

    private static func retryAfter(_ response: HTTPResponse) -> Duration? {
        if let wait = response.retryAfter { return wait }
        guard response.status == 429, let seconds = response.fields["x-ratelimit-period-in-sec"].flatMap({ Int($0) }) else { return nil }
        return .seconds(max(seconds, 0))
    }
}
