internal import Riposte

extension HTTPURL {
    /// This URL with one more path segment, whatever it is made of: what would end the segment is percent-encoded.
    ///
    /// - Throws: ``HTTPError`` with ``HTTPError/Code/invalidURL`` for a segment that is empty, `.` or `..`.
    public func appending(_ segment: String) throws(HTTPError) -> HTTPURL {
        guard !segment.isEmpty else { throw HTTPError(.invalidURL, .permanent, "not a usable URL: a segment of its path is empty") }
        let base = path.hasSuffix("/") ? path : path + "/"
        var url = try HTTPURL(origin + base + PercentEncoding.encode(segment) + (query.map { "?\($0)" } ?? ""))
        url.concealsPath = concealsPath
        return url
    }
}
