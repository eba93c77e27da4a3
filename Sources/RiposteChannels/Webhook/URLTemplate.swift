internal import Riposte

/// A URL whose path and query hold templates.
struct URLTemplate: Sendable, Hashable {
    /// Scheme, host and port.
    let origin: HTTPURL
    private let segments: [TextTemplate]
    private let query: TextTemplate?

    init(_ text: String) throws(WebhookError) {
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        let end = text[start...].firstIndex { $0 == "/" || $0 == "?" } ?? text.endIndex
        guard !text[..<end].contains("{{") else {
            throw .configuration("scheme, host and port of the URL are to be written out, without a template")
        }
        do throws(HTTPError) { origin = try HTTPURL(String(text[..<end])) } catch { throw .configuration(error.message) }
        let parts = text[end...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = parts.first ?? ""
        var segments: [TextTemplate] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            segments.append(try TextTemplate(String(segment), "the URL's path"))
        }
        self.segments = segments
        query = parts.count == 2 ? try TextTemplate(parts[1], "the URL's query") : nil
        try checkLiterals()
    }

    /// Wherever a value stands it stays there: it adds no segment, and does not empty the one it makes up.
    func url(in context: JSONValue) throws(WebhookError) -> HTTPURL {
        var path = ""
        for segment in segments {
            let text = try segment.text(in: context, encode: PercentEncoding.encode)
            guard segment.isLiteral || !text.isEmpty else { throw .value("a value leaves a part of the URL's path empty") }
            guard segment.isLiteral || !Self.isDots(text) else { throw .value("a value makes a part of the URL's path “.” or “..”") }
            path += "/" + text
        }
        let query = try self.query?.text(in: context, encode: PercentEncoding.encode)
        return try Self.parse(origin, path, query)
    }

    /// A character that no URL may hold is found now and not at the first attack.
    private func checkLiterals() throws(WebhookError) {
        let filled = segments.map { $0.isLiteral ? Self.literal($0) : "x" + Self.literal($0) }
        _ = try Self.parse(origin, filled.map { "/" + $0 }.joined(), query.map(Self.literal))
    }

    private static func literal(_ template: TextTemplate) -> String {
        template.parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    private static func parse(_ origin: HTTPURL, _ path: String, _ query: String?) throws(WebhookError) -> HTTPURL {
        do throws(HTTPError) {
            return try HTTPURL(origin.origin + path + (query.map { "?" + $0 } ?? ""))
        } catch {
            throw .configuration(error.message)
        }
    }

    private static func isDots(_ segment: String) -> Bool {
        let plain = segment.lowercased().split(separator: "%2e", omittingEmptySubsequences: false).joined(separator: ".")
        return plain == "." || plain == ".."
    }
}
