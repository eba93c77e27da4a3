internal import Riposte

extension DeliveryFailure {
    init(_ error: HTTPError) { self.init(error.kind, error.message) }

    init(_ error: WebhookError) { self.init(error.kind, error.message, retryAfter: error.retryAfter) }

    /// Transient: a secret may be mounted late, or be in the middle of being replaced.
    init(_ error: SecretError) { self.init(.transient, error.description) }
}
