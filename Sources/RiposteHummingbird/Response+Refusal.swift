internal import HTTPTypes
internal import Hummingbird
internal import Riposte

extension Response {
    /// The same words for everybody, so that they tell an attacker nothing; the reference is for the operator.
    static func refusal(_ status: HTTPResponse.Status, _ reference: String, to request: Request) -> Response {
        let words = "\(status.code) \(status.reasonPhrase)\nReference: \(reference)\n"
        return Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            // Nobody reads a body after HEAD: on a connection that goes on it would be taken for the next answer.
            body: request.method == .head ? .init() : .init(byteBuffer: ByteBuffer(string: words)))
    }

    /// A page of the host that the browser goes to instead.
    static func detour(to path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }

    /// The usual headers about a rate: seconds are rounded up, so that who obeys them is not too early.
    mutating func tell(_ outcome: RequestThrottle.Outcome) {
        func set(_ name: String, _ value: Int) { if let name = HTTPField.Name(name) { headers[name] = String(value) } }
        set("RateLimit-Limit", outcome.rate.limit)
        set("RateLimit-Remaining", outcome.remaining)
        set("RateLimit-Reset", outcome.reset.wholeSecondsUp)
        if !outcome.isAllowed { set("Retry-After", max(outcome.retryAfter.wholeSecondsUp, 1)) }
    }
}

extension Duration {
    fileprivate var wholeSecondsUp: Int { Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0) }
}
