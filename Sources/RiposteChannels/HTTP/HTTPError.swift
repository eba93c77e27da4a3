public import Riposte

/// Why a request has no response. Two are equal where their codes are.
///
/// The message names the server and holds no secret: URLs are shown without query, header values and bodies not at all.
public struct HTTPError: ClassifiedError, Sendable {
    public struct Code: OpenName {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let invalidURL: Code = "invalid_url"
        public static let invalidHeader: Code = "invalid_header"
        public static let invalidRequest: Code = "invalid_request"
        /// The host is, or resolves to, an address that is not listed and that no outside system has.
        public static let refusedAddress: Code = "refused_address"
        public static let couldNotResolve: Code = "could_not_resolve"
        public static let couldNotConnect: Code = "could_not_connect"
        /// The server's certificate is not trusted, has run out or is for another name.
        public static let certificate: Code = "certificate"
        /// No encrypted connection came about, for another reason than the certificate.
        public static let tls: Code = "tls"
        public static let timedOut: Code = "timed_out"
        /// The connection ended before the response did.
        public static let connectionLost: Code = "connection_lost"
        /// What came back is not HTTP.
        public static let invalidResponse: Code = "invalid_response"
        /// The request's body, or the response's header, is over the limit. A response's body is cut instead.
        public static let tooLarge: Code = "too_large"
        /// Too many requests are waiting already.
        public static let queueFull: Code = "queue_full"
        public static let cancelled: Code = "cancelled"
        /// The library could not do its part (out of memory, no thread).
        public static let unavailable: Code = "unavailable"
    }

    public let code: Code
    /// Whether it may work later, and whether the server may have acted already.
    public let kind: FailureKind
    public let message: String

    public init(_ code: Code, _ kind: FailureKind, _ message: String) {
        self.code = code
        self.kind = kind
        self.message = message
    }
}

extension HTTPError: Hashable, CustomStringConvertible {
    public var description: String { message }
    public static func == (a: HTTPError, b: HTTPError) -> Bool { a.code == b.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
