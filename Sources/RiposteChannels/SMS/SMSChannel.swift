public import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Sends notifications as text messages through Twilio, or through what speaks its language.
///
/// Each recipient is told once, although others fail: those who were told, and those who never can be, are left out when it is tried
/// again. There is no idempotency key, so one whose answer was lost may be told twice. The token is read from where it is kept at
/// each delivery, and no message shows it.
public struct SMSChannel: NotificationChannel {
    public let name: ChannelName
    private let configuration: SMSConfiguration
    private let url: HTTPURL
    private let client: HTTPClient

    /// - Throws: ``HTTPError`` for a URL that is none, or that would send the token in the clear to another machine.
    public init(name: ChannelName = "sms", _ configuration: SMSConfiguration, client: HTTPClient) throws(HTTPError) {
        self.name = name
        self.configuration = configuration
        var url = try HTTPURL(configuration.url)
        guard url.scheme == .https || url.hostAddress?.isLoopback == true else {
            throw HTTPError(.invalidURL, .permanent, "the token would go to \(url.origin) in the clear; use https")
        }
        for segment in ["2010-04-01", "Accounts", configuration.account, "Messages.json"] { url = try url.appending(segment) }
        self.url = url
        self.client = client
    }

    public func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        try await deliver(notification, settled: [])
    }

    public func deliver(
        _ notification: Riposte.Notification, settled: [SettledRecipient]
    ) async throws(DeliveryFailure) -> DeliveryReceipt {
        let token: SecretValue
        do throws(SecretError) { token = try configuration.token.resolve() } catch {
            var failure = DeliveryFailure(error)
            failure.settled = settled
            throw failure
        }
        let text = SMSText.text(notification)
        let ended = Set(settled.map(\.recipient))
        var verdict = SMSVerdict(settled: settled)
        await withTaskGroup(of: (PhoneNumber, Result<String, DeliveryFailure>).self) { group in
            for recipient in configuration.to where !ended.contains(recipient.text) {
                group.addTask { (recipient, await self.send(text, to: recipient, token)) }
            }
            for await (recipient, result) in group {
                switch result {
                case .success(let words): verdict.took(recipient, words)
                case .failure(let failure): verdict.failed(recipient, failure)
                }
            }
        }
        return try verdict.result()
    }

    private func send(_ text: String, to recipient: PhoneNumber, _ token: SecretValue) async -> Result<String, DeliveryFailure> {
        let credentials = Data("\(configuration.account):\(token.revealed)".utf8).base64EncodedString()
        let response: HTTPResponse
        do throws(HTTPError) {
            var request = HTTPRequest(.post, url, body: Array(form(text, recipient).utf8), timeout: configuration.timeout)
            try request.fields.set("Content-Type", "application/x-www-form-urlencoded")
            try request.fields.set("Authorization", "Basic \(credentials)")
            response = try await client.send(request)
        } catch {
            return .failure(DeliveryFailure(error))
        }
        let secrets = [token.revealed, credentials]
        guard let kind = response.failureKind else {
            return .success(ServerWords.shown(response.json?["sid"]?.string ?? "", without: secrets))
        }
        let words = ServerWords.shown(Self.words(response), without: secrets)
        return .failure(DeliveryFailure(kind, "\(url.origin) answered \(response.status)" + words, retryAfter: response.retryAfter))
    }

    private func form(_ text: String, _ recipient: PhoneNumber) -> String {
        let sender =
            switch configuration.from {
            case .number(let number): ("From", number.text)
            case .name(let name): ("From", name)
            case .service(let service): ("MessagingServiceSid", service)
            }
        return [("To", recipient.text), sender, ("Body", text)].map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }

    /// `The 'To' number is not a valid phone number, 21211`
    private static func words(_ response: HTTPResponse) -> String {
        guard let json = response.json else { return "" }
        return [json["message"]?.string, json["code"]?.int.map { String($0) }].compactMap(\.self).joined(separator: ", ")
    }
}
