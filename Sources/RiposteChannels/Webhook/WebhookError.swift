public import Riposte

/// Why a webhook was not called, or did not answer as expected. Holds no secret.
public struct WebhookError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: OpenName {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The configuration cannot work, whatever the context.
        public static let invalidConfiguration: Code = "invalid_configuration"
        /// A template names what the context does not hold.
        public static let missingValue: Code = "missing_value"
        /// A value cannot stand where a template puts it.
        public static let invalidValue: Code = "invalid_value"
        public static let secret: Code = "secret"
        /// There was no response; ``WebhookError/cause`` says why.
        public static let noResponse: Code = "no_response"
        public static let unexpectedStatus: Code = "unexpected_status"
    }

    public let code: Code
    public let kind: FailureKind
    public let message: String
    /// What the server answered, for an unexpected status.
    public let status: Int?
    /// How long the server asks to wait.
    public let retryAfter: Duration?
    /// For a missing response.
    public let cause: HTTPError.Code?

    private init(
        _ code: Code, _ kind: FailureKind, _ message: String, status: Int? = nil, retryAfter: Duration? = nil, cause: HTTPError.Code? = nil
    ) {
        self.code = code
        self.kind = kind
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
        self.cause = cause
    }

    public var description: String { message }
}

extension WebhookError {
    static func configuration(_ message: String) -> WebhookError { WebhookError(.invalidConfiguration, .permanent, message) }

    static func missing(_ path: String) -> WebhookError {
        WebhookError(.missingValue, .permanent, "the context holds no “\(path)”, which the webhook needs")
    }

    static func value(_ message: String) -> WebhookError { WebhookError(.invalidValue, .permanent, message) }

    /// Transient: a secret may be mounted late, or be in the middle of being replaced.
    static func secret(_ error: SecretError) -> WebhookError { WebhookError(.secret, .transient, error.description) }

    static func noResponse(_ error: HTTPError) -> WebhookError { WebhookError(.noResponse, error.kind, error.message, cause: error.code) }

    static func unexpected(_ response: HTTPResponse, from url: HTTPURL) -> WebhookError {
        let note = (300...399).contains(response.status) ? " (redirects are not followed)" : ""
        return WebhookError(
            .unexpectedStatus, response.failureKind ?? .permanent, "\(url) answered \(response.status)\(note)", status: response.status,
            retryAfter: response.retryAfter)
    }
}
