public import Riposte

/// A webhook as it is configured.
///
/// `{{ path }}` in the URL's path and query, in header values and anywhere in the body reads the context by a dotted path. A
/// text of the body that is one template and nothing else becomes the value itself, with its type.
public struct WebhookConfiguration: Sendable, Hashable {
    /// Text that stands here and may hold templates, or the place of a secret, which is read at each call and holds none.
    public enum Value: Sendable, Hashable, ExpressibleByStringInterpolation {
        case literal(String)
        case secret(Secret)

        public init(stringLiteral text: String) { self = .literal(text) }
    }

    /// The URL. In a literal one scheme and host stand without templates, and values in path and query are percent-encoded.
    public var address: Value
    public var method: HTTPMethod
    public var headers: [String: Value]
    /// What is sent: a text as text (`text/plain` where no header says otherwise), anything else as JSON; nothing where `nil`.
    public var body: JSONValue?
    public var expectedStatuses: [ClosedRange<Int>]
    public var timeout: Duration
    /// Sent as `Authorization: Bearer …`.
    public var bearer: Secret?
    /// Signs the body; see ``RequestSignature``.
    public var signingSecret: Secret?

    public init(
        address: Value, method: HTTPMethod = .post, headers: [String: Value] = [:], body: JSONValue? = nil,
        expectedStatuses: [ClosedRange<Int>] = [200...299], timeout: Duration = .seconds(10), bearer: Secret? = nil,
        signingSecret: Secret? = nil
    ) {
        self.address = address
        self.method = method
        self.headers = headers
        self.body = body
        self.expectedStatuses = expectedStatuses
        self.timeout = timeout
        self.bearer = bearer
        self.signingSecret = signingSecret
    }

    /// The same with a URL that is written out.
    public init(
        url: String, method: HTTPMethod = .post, headers: [String: Value] = [:], body: JSONValue? = nil,
        expectedStatuses: [ClosedRange<Int>] = [200...299], timeout: Duration = .seconds(10), bearer: Secret? = nil,
        signingSecret: Secret? = nil
    ) {
        self.init(
            address: .literal(url), method: method, headers: headers, body: body, expectedStatuses: expectedStatuses, timeout: timeout,
            bearer: bearer, signingSecret: signingSecret)
    }
}
