public import Riposte

/// The method of a request: a token of RFC 9110, in capitals by custom.
public struct HTTPMethod: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let get: HTTPMethod = "GET"
    public static let head: HTTPMethod = "HEAD"
    public static let post: HTTPMethod = "POST"
    public static let put: HTTPMethod = "PUT"
    public static let patch: HTTPMethod = "PATCH"
    public static let delete: HTTPMethod = "DELETE"

    /// Whether this is one of the six methods above: others are not sent.
    public var isSupported: Bool { [.get, .head, .post, .put, .patch, .delete].contains(self) }

    /// Whether a request that carries nothing says so (`Content-Length: 0`).
    var announcesEmptyBody: Bool { [.post, .put, .patch].contains(self) }
}
