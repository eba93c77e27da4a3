public import Riposte

/// A webhook as it is configured.
///
/// `{{ path }}` in the URL's path and query, in header values and anywhere in the body reads the context by a dotted path. A
/// text of the body that is one template and nothing else becomes the value itself, with its type.
public struct WebhookConfiguration: Sendable, Hashable {
    /// Scheme and host stand here literally; values in path and query are percent-encoded.
    public var url: String
    public var method: HTTPMethod
    public var headers: [String: String]
    /// Sent as JSON; nothing is sent where `nil`.
    public var body: JSONValue?
    public var expectedStatuses: [ClosedRange<Int>]
    public var timeout: Duration
    /// Sent as `Authorization: Bearer …`.
    public var bearer: Secret?
    /// Signs the body; see ``RequestSignature``.
    public var signingSecret: Secret?

    public init(
        url: String, method: HTTPMethod = .post, headers: [String: String] = [:], body: JSONValue? = nil,
        expectedStatuses: [ClosedRange<Int>] = [200...299], timeout: Duration = .seconds(10), bearer: Secret? = nil,
        signingSecret: Secret? = nil
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.expectedStatuses = expectedStatuses
        self.timeout = timeout
        self.bearer = bearer
        self.signingSecret = signingSecret
    }
}
