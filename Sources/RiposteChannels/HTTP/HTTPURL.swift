public import Riposte

/// An absolute `http` or `https` URL, read strictly: only the characters of RFC 3986, no user or password, no fragment, no
/// `.` or `..` segment (in any spelling), and no number for a host except a plain IPv4 address. So there is one reading of
/// it, here and in the library that connects.
///
/// Its ``description`` leaves the query away, which is where tokens are; ``text`` is the whole.
public struct HTTPURL: Sendable, Hashable {
    public enum Scheme: String, Sendable, Hashable { case http, https }

    public let scheme: Scheme
    /// In lower case; an IPv6 address without its brackets.
    public let host: String
    /// `nil` where the URL names none.
    public let port: UInt16?
    /// Begins with `/`; percent-encoded as written.
    public let path: String
    /// What follows the `?`; percent-encoded as written.
    public let query: String?
    /// Whether the path is a secret too, as that of a Slack webhook: then ``description`` ends with the host.
    public var concealsPath = false

    /// - Throws: ``HTTPError`` with ``HTTPError/Code/invalidURL``. Its message says what is wrong and repeats nothing of
    ///   `text`, which may be a secret.
    public init(_ text: String) throws(HTTPError) {
        guard text.utf8.count <= 8192 else { throw Self.error("it is longer than 8192 bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Self.error("it holds a space, a control character or a letter outside ASCII: percent-encode it (a host: as xn--…)")
        }
        let (scheme, rest) = try Self.scheme(of: text)
        guard !rest.contains("#") else { throw Self.error("it has a fragment (#…), which no server sees") }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = try Self.authority(rest[..<end])
        let parts = rest[end...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.scheme = scheme
        (host, port) = (authority.host, authority.port)
        path = parts.first.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        query = parts.count == 2 ? parts[1] : nil
        try Self.check(path: path, query: query)
    }

    /// Where the request goes, `https://example.org:8443`.
    public var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme.rawValue)://\(name)" + (port.map { ":\($0)" } ?? "")
    }

    /// The whole URL. It may hold a secret: not for messages.
    public var text: String { origin + path + (query.map { "?\($0)" } ?? "") }

    /// The host as an address; `nil` where it is a name.
    public var hostAddress: IPAddress? { IPAddress(host) }
}

extension HTTPURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { origin + (concealsPath ? "/…" : path) }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}

extension HTTPURL {
    private static func error(_ reason: String) -> HTTPError { HTTPError(.invalidURL, .permanent, "not a usable URL: \(reason)") }

    private static func scheme(of text: String) throws(HTTPError) -> (Scheme, Substring) {
        for scheme in [Scheme.http, .https] {
            let prefix = "\(scheme.rawValue)://"
            if text.prefix(prefix.count).lowercased() == prefix { return (scheme, text.dropFirst(prefix.count)) }
        }
        throw error("it does not begin with http:// or https://")
    }

    private static func authority(_ text: Substring) throws(HTTPError) -> (host: String, port: UInt16?) {
        guard !text.contains("@") else { throw error("it holds a user or password; send a secret in a header instead") }
        guard text.hasPrefix("[") else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (try host(named: parts.first.map(String.init) ?? ""), try port(parts.dropFirst().first))
        }
        let end = text.firstIndex(of: "]") ?? text.startIndex
        guard let address = IPAddress(String(text[text.startIndex...end])) else {
            throw error("the address in brackets is not an IPv6 address")
        }
        let rest = text[text.index(after: end)...]
        guard rest.isEmpty || rest.hasPrefix(":") else { throw error("something stands between the address and the path") }
        return (address.description, try port(rest.isEmpty ? nil : rest.dropFirst()))
    }

    private static func host(named name: String) throws(HTTPError) -> String {
        let host = name.lowercased()
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard !host.isEmpty, host.utf8.count <= 253 else { throw error("the host is missing or too long") }
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
                && label.first != "-"
        }
        guard isName, let last = labels.last else { throw error("the host is not a name or an address") }
        // Some readers take 0x7f.1, 2130706433 or 127.1 for an address.
        let isNumber = last.utf8.allSatisfy { (0x30...0x39).contains($0) } || last.hasPrefix("0x")
        guard !isNumber || IPAddress(host) != nil else { throw error("the host is a number but not a plain IPv4 address") }
        return host
    }

    private static func port(_ text: Substring?) throws(HTTPError) -> UInt16? {
        guard let text else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            throw error("the port is not a number from 1 to 65535")
        }
        return port
    }

    private static func check(path: String, query: String?) throws(HTTPError) {
        guard isEncoded(path, allowing: "/:@"), isEncoded(query ?? "", allowing: "/:@?") else {
            throw error("it holds a character that has to be percent-encoded, or a % without two hexadecimal digits")
        }
        for segment in path.split(separator: "/") {
            let plain = segment.lowercased().split(separator: "%2e", omittingEmptySubsequences: false).joined(separator: ".")
            guard plain != ".", plain != ".." else { throw error("its path holds a “.” or “..” segment") }
        }
    }

    private static func isEncoded(_ text: String, allowing extra: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.allSatisfy { index in
            let byte = bytes[index]
            if byte == 0x25 { return index + 2 < bytes.count && isHex(bytes[index + 1]) && isHex(bytes[index + 2]) }
            return PercentEncoding.isUnreserved(byte) || "!$&'()*+,;=".utf8.contains(byte) || extra.utf8.contains(byte)
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) }
}
