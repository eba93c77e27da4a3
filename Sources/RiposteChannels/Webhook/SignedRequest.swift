public import Riposte

/// A request with what makes it safe to send twice and possible to believe: an idempotency key, and a signature of its
/// body (``RequestSignature``).
public struct SignedRequest: Sendable, Hashable {
    /// The header field with the idempotency key: the same for every attempt of the same piece of work.
    public static let idempotencyFieldName = "Idempotency-Key"

    /// The request as it is to be sent. Its body is signed: change nothing.
    public let request: HTTPRequest

    /// - Parameter secret: what the body is signed with; `nil` leaves the signature away.
    /// - Throws: ``HTTPError`` where the key cannot stand in a header.
    public init(_ request: HTTPRequest, idempotencyKey: String, secret: SecretValue?, at time: Timestamp) throws(HTTPError) {
        var request = request
        try request.fields.set(Self.idempotencyFieldName, idempotencyKey)
        if let secret {
            try request.fields.set(RequestSignature.fieldName, RequestSignature.value(for: request.body, secret: secret, at: time))
        }
        self.request = request
    }
}
