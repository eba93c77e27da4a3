public import Riposte

/// A webhook whose configuration has been checked, ready to be called with a context.
public struct WebhookRequest: Sendable {
    public let configuration: WebhookConfiguration
    private let url: URLTemplate
    private let headers: [(name: String, value: TextTemplate)]
    private let body: JSONTemplate?

    /// - Throws: ``WebhookError`` with ``WebhookError/Code/invalidConfiguration``, for whatever would fail at every call.
    public init(_ configuration: WebhookConfiguration) throws(WebhookError) {
        guard configuration.method.isSupported else {
            throw .configuration("the method “\(configuration.method)” is none of GET, HEAD, POST, PUT, PATCH, DELETE")
        }
        guard !configuration.expectedStatuses.isEmpty else { throw .configuration("no status is expected, so every call would fail") }
        guard configuration.timeout > .zero else { throw .configuration("the timeout is not longer than nothing") }
        self.configuration = configuration
        url = try URLTemplate(configuration.url)
        headers = try Self.headers(configuration)
        if let body = configuration.body { self.body = try JSONTemplate(body) } else { body = nil }
    }

    /// Scheme, host and port, which no value of a context changes.
    public var origin: String { url.origin.origin }

    /// The secrets that a call sends or signs with.
    public var secrets: [Secret] { [configuration.bearer, configuration.signingSecret].compactMap(\.self) }

    /// The request that a call would send, without anything secret: no token, no signature. Reads no secret.
    public func preview(in context: JSONValue) throws(WebhookError) -> HTTPRequest {
        var fields = HTTPFields()
        for (name, template) in headers {
            let value = try template.text(in: context) { $0 }
            do throws(HTTPError) { try fields.set(name, value) } catch { throw .value(error.message) }
        }
        let bytes = try body.map { (body) throws(WebhookError) in try body.bytes(in: context) } ?? []
        if body != nil, fields["content-type"] == nil {
            do throws(HTTPError) { try fields.set("Content-Type", "application/json") } catch { throw .value(error.message) }
        }
        return HTTPRequest(configuration.method, try url.url(in: context), fields: fields, body: bytes, timeout: configuration.timeout)
    }

    /// Calls the webhook and returns its response where the status is an expected one.
    ///
    /// - Parameters:
    ///   - idempotencyKey: the same for every attempt of the same piece of work.
    ///   - clock: gives the time that the signature carries.
    public func send(
        in context: JSONValue, idempotencyKey: String, through client: HTTPClient, clock: any WallClock
    ) async throws(WebhookError) -> HTTPResponse {
        let request = try sealed(preview(in: context), idempotencyKey, at: clock.now())
        let response: HTTPResponse
        do throws(HTTPError) { response = try await client.send(request) } catch { throw .noResponse(error) }
        guard configuration.expectedStatuses.contains(where: { $0.contains(response.status) }) else {
            throw .unexpected(response, from: request.url)
        }
        return response
    }

    /// With its secrets in place, which are read now.
    private func sealed(_ request: HTTPRequest, _ idempotencyKey: String, at time: Timestamp) throws(WebhookError) -> HTTPRequest {
        var request = request
        let bearer = try configuration.bearer.map(Self.resolve)
        let signing = try configuration.signingSecret.map(Self.resolve)
        do throws(HTTPError) {
            if let bearer { try request.fields.set("Authorization", "Bearer \(bearer.revealed)") }
            return try SignedRequest(request, idempotencyKey: idempotencyKey, secret: signing, at: time).request
        } catch {
            throw .value(error.message)
        }
    }

    private static func resolve(_ secret: Secret) throws(WebhookError) -> SecretValue {
        do throws(SecretError) { return try secret.resolve() } catch { throw .secret(error) }
    }

    private static func headers(_ configuration: WebhookConfiguration) throws(WebhookError) -> [(name: String, value: TextTemplate)] {
        var headers: [(name: String, value: TextTemplate)] = []
        for (name, value) in configuration.headers.sorted(by: { $0.key < $1.key }) {
            do throws(HTTPError) { try HTTPFields.check(name: name) } catch { throw .configuration(error.message) }
            let lower = name.lowercased()
            guard !headers.contains(where: { $0.name.lowercased() == lower }) else {
                throw .configuration("the header “\(name)” is there twice")
            }
            guard ![SignedRequest.idempotencyFieldName, RequestSignature.fieldName].contains(where: { $0.lowercased() == lower }) else {
                throw .configuration("the header “\(name)” is set by the webhook itself")
            }
            guard lower != "authorization" || configuration.bearer == nil else {
                throw .configuration("the header “\(name)” and a bearer secret exclude each other")
            }
            headers.append((name, try TextTemplate(value, "the header “\(name)”")))
        }
        return headers
    }
}
