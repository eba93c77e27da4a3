import Riposte
import RiposteChannels
import RiposteConfiguration

/// Makes the actions that call webhooks: the built-in `webhook`, and those that settings name.
struct WebhookFactory {
    let client: HTTPClient

    /// `webhook` first, the others by name. Throws where one cannot work as it is set.
    func actions(_ settings: [ActionName: WebhookSettings]) throws -> [any ResponseAction] {
        let named: [any ResponseAction] = try settings.sorted { $0.key < $1.key }.map { name, webhook in
            do throws(WebhookError) {
                return try WebhookAction(name, WebhookConfiguration(webhook), client: client)
            } catch {
                throw UnusableSetting(description: "action “\(name)”: \(error)")
            }
        }
        return [CallWebhook(client: client)] + named
    }
}

extension WebhookConfiguration {
    /// What settings say, as the channels' library takes it.
    init(_ settings: WebhookSettings) {
        self.init(
            address: Value(settings.url), method: HTTPMethod(settings.method.rawValue), headers: settings.headers.mapValues { Value($0) },
            body: settings.body, expectedStatuses: settings.expect, timeout: settings.timeout, bearer: settings.secret,
            signingSecret: settings.signingSecret)
    }
}

extension WebhookConfiguration.Value {
    init(_ address: WebhookSettings.Address) {
        switch address {
        case .literal(let text): self = .literal(text)
        case .secret(let secret): self = .secret(secret)
        }
    }

    init(_ header: WebhookSettings.HeaderValue) {
        switch header {
        case .literal(let text): self = .literal(text)
        case .secret(let secret): self = .secret(secret)
        }
    }
}
