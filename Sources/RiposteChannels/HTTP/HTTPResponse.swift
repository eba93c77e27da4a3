public import Riposte

/// What a server answered, whatever the status.
public struct HTTPResponse: Sendable, Hashable {
    public var status: Int
    public var fields: HTTPFields
    /// At most as long as the client's ``HTTPClient/Configuration/maximumResponseBody``.
    public var body: [UInt8]
    /// Whether the server had more to say than ``body`` holds.
    public var isCut: Bool

    public init(status: Int, fields: HTTPFields = HTTPFields(), body: [UInt8] = [], isCut: Bool = false) {
        self.status = status
        self.fields = fields
        self.body = body
        self.isCut = isCut
    }

    /// Whether the status is 200…299.
    public var isSuccess: Bool { (200...299).contains(status) }

    /// What the status says about trying again: 408, 425, 429 and 5xx are transient, any other but 2xx is permanent; `nil`
    /// for a success. A redirect is permanent because none is followed.
    public var failureKind: FailureKind? {
        switch status {
        case 200...299: nil
        case 408, 425, 429, 500...599: .transient
        default: .permanent
        }
    }

    /// How long to wait, where `Retry-After` says so in seconds or as a date (counted from the response's own `Date`).
    public var retryAfter: Duration? { fields["retry-after"].flatMap { RetryAfter.duration($0, date: fields["date"]) } }

    /// The body as JSON; `nil` where it is none or was cut.
    public var json: JSONValue? {
        guard !isCut else { return nil }
        return try? JSONValue(json: text)
    }

    /// The body as UTF-8 text, broken characters replaced. From outside: encode it for wherever it goes.
    public var text: String { String(decoding: body, as: UTF8.self) }
}
