public import Riposte

/// A webhook whose configuration has been checked, ready to be called with a context.
public struct WebhookRequest: Sendable {
    public let configuration: WebhookConfiguration
    private let address: WebhookAddress
    private let headers: WebhookHeaders
    private let body: WebhookBody?

    /// - Throws: ``WebhookError`` with ``WebhookError/Code/invalidConfiguration``, for whatever would fail at every call.
    public init(_ configuration: WebhookConfiguration) throws(WebhookError) {
        guard configuration.method.isSupported else {
            throw .configuration("the method “\(configuration.method)” is none of GET, HEAD, POST, PUT, PATCH, DELETE")
        }
        guard !configuration.expectedStatuses.isEmpty else { throw .configuration("no status is expected, so every call would fail") }
        guard configuration.timeout > .zero else { throw .configuration("the timeout is not longer than nothing") }
        self.configuration = configuration
        address = try WebhookAddress(configuration.address)
        headers = try WebhookHeaders(configuration)
        if let body = configuration.body {
            self.body = try WebhookBody(body, contentType: headers.contentType)
        } else {
            body = nil
        }
    }

    /// For messages: scheme, host and port, which no value of a context changes; where the URL is a secret, its place.
    public var origin: String { address.origin }

    /// The secrets that a call reads.
    public var secrets: [Secret] {
        [address.secret, configuration.bearer, configuration.signingSecret].compactMap(\.self) + headers.secrets
    }

    /// The request that a call would send, without anything secret: no token, no signature. Reads no secret; where the URL
    /// is one there is no preview (`nil`), and still an error where `context` does not do.
    public func preview(in context: JSONValue) throws(WebhookError) -> HTTPRequest? {
        let url = try address.known(in: context)
        var fields = try headers.fields(in: context)
        let bytes = try body.map { (body) throws(WebhookError) in try body.bytes(in: context, &fields) } ?? []
        return url.map { HTTPRequest(configuration.method, $0, fields: fields, body: bytes, timeout: configuration.timeout) }
    }

    /// Calls the webhook and returns its response where the status is an expected one.
    ///
    /// - Parameters:
    ///   - idempotencyKey: the same for every attempt of the same piece of work.
    ///   - clock: gives the time that the signature carries.
    public func send(
        in context: JSONValue, idempotencyKey: String, through client: HTTPClient, clock: any WallClock
    ) async throws(WebhookError) -> HTTPResponse {
        let request = try sealed(context, idempotencyKey, at: clock.now())
        let response: HTTPResponse
        do throws(HTTPError) { response = try await client.send(request) } catch { throw .noResponse(error) }
        guard configuration.expectedStatuses.contains(where: { $0.contains(response.status) }) else {
            throw .unexpected(response, from: request.url)
        }
        return response
    }

    /// With its secrets in place, which are read now.
    private func sealed(_ context: JSONValue, _ idempotencyKey: String, at time: Timestamp) throws(WebhookError) -> HTTPRequest {
        var fields = try headers.fields(in: context)
        let bytes = try body.map { (body) throws(WebhookError) in try body.bytes(in: context, &fields) } ?? []
        let url = try address.url(in: context)
        try headers.addSecrets(to: &fields)
        if let bearer = configuration.bearer { try fields.put("Authorization", "Bearer \(bearer.forWebhook().revealed)") }
        let signing = try configuration.signingSecret.map { (secret) throws(WebhookError) in try secret.forWebhook() }
        let request = HTTPRequest(configuration.method, url, fields: fields, body: bytes, timeout: configuration.timeout)
        do throws(HTTPError) {
            return try SignedRequest(request, idempotencyKey: idempotencyKey, secret: signing, at: time).request
        } catch {
            throw .value(error.message)
        }
    }
}
