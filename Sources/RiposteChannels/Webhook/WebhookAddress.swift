internal import Riposte

/// Where a webhook's request goes: a URL that is known, or one that is a secret.
enum WebhookAddress: Sendable, Hashable {
    case template(URLTemplate)
    case secret(Secret)

    init(_ value: WebhookConfiguration.Value) throws(WebhookError) {
        switch value {
        case .literal(let text): self = .template(try URLTemplate(text))
        case .secret(let secret): self = .secret(secret)
        }
    }

    /// For messages: scheme, host and port, or where the URL is kept.
    var origin: String {
        switch self {
        case .template(let url): url.origin.origin
        case .secret(let secret): "the URL in \(secret)"
        }
    }

    var secret: Secret? { if case .secret(let secret) = self { secret } else { nil } }

    /// The URL for `context`; `nil` where it is a secret, which is not read.
    func known(in context: JSONValue) throws(WebhookError) -> HTTPURL? {
        guard case .template(let template) = self else { return nil }
        return try template.url(in: context)
    }

    /// The URL for `context`, read now where it is a secret.
    func url(in context: JSONValue) throws(WebhookError) -> HTTPURL {
        switch self {
        case .template(let template): return try template.url(in: context)
        case .secret(let secret):
            let value = try secret.forWebhook()
            do throws(HTTPError) {
                var url = try HTTPURL(value.revealed)
                url.concealsPath = true
                return url
            } catch {
                throw .value("the secret \(secret) is \(error.message)")
            }
        }
    }
}

extension Secret {
    /// The value, read now.
    func forWebhook() throws(WebhookError) -> SecretValue {
        do throws(SecretError) { return try resolve() } catch { throw .secret(error) }
    }
}
