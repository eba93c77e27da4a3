internal import Riposte

extension DeliveryFailure {
    init(_ error: HTTPError) { self.init(Self.kind(error.code, error.kind), error.message) }

    init(_ error: WebhookError) { self.init(Self.kind(error.cause, error.kind), error.message, retryAfter: error.retryAfter) }

    /// Transient: a secret may be mounted late, or be in the middle of being replaced.
    init(_ error: SecretError) { self.init(.transient, error.description) }

    /// A certificate that ran out over night is renewed in the morning: what was to be said meanwhile waits for it. The channel is
    /// shown as failing until then.
    private static func kind(_ code: HTTPError.Code?, _ kind: FailureKind) -> FailureKind { code == .certificate ? .transient : kind }
}
