/// A request as it is sent, body and all. Printed, it shows method, URL without query, the names of its fields and the
/// body's length, so that no secret in it reaches a log.
public struct HTTPRequest: Sendable, Hashable {
    public var method: HTTPMethod
    public var url: HTTPURL
    public var fields: HTTPFields
    public var body: [UInt8]
    /// From the call to the last byte of the response, waiting for a turn included; the client's own where `nil`.
    public var timeout: Duration?

    public init(
        _ method: HTTPMethod = .get, _ url: HTTPURL, fields: HTTPFields = HTTPFields(), body: [UInt8] = [], timeout: Duration? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.timeout = timeout
    }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(method) \(url) (\(fields)), \(body.count) bytes" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
