/// Reads one HTTP/1.1 request from bytes as they come, strictly: what RFC 9112 lets a server refuse is refused.
struct HTTPRequestParser {
    enum Outcome: Equatable {
        case incomplete
        case request(LocalHTTPServer.Request)
        /// The status to answer with.
        case refused(Int)
    }

    private let limits: LocalHTTPServer.Limits
    private var bytes: [UInt8] = []
    private var head: (request: LocalHTTPServer.Request, end: Int, bodyLength: Int)?

    init(_ limits: LocalHTTPServer.Limits) { self.limits = limits }

    mutating func read(_ more: some Sequence<UInt8>) -> Outcome {
        let searched = max(bytes.count - 3, 0)
        bytes.append(contentsOf: more)
        if head == nil {
            guard let first = bytes.first, Self.isToken(first) else { return .refused(400) }  // a TLS handshake, perhaps
            guard let end = endOfHead(from: searched) else { return bytes.count > limits.head ? .refused(431) : .incomplete }
            guard end <= limits.head else { return .refused(431) }
            switch Self.head(bytes[..<end], limits) {
            case .success(let (request, length)): head = (request, end, length)
            case .failure(let refusal): return .refused(refusal.status)
            }
        }
        guard let (head, end, length) = head else { return .incomplete }
        guard bytes.count <= end + length else { return .refused(400) }
        guard bytes.count == end + length else { return .incomplete }
        var request = head
        request.body = Array(bytes[end...])
        return .request(request)
    }

    /// Where the blank line ends.
    private func endOfHead(from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in start...(bytes.count - 4) where bytes[index] == 0x0D {
            if bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D, bytes[index + 3] == 0x0A { return index + 4 }
        }
        return nil
    }
}

extension HTTPRequestParser {
    private struct Refusal: Error { var status: Int }

    private static func head(
        _ bytes: ArraySlice<UInt8>, _ limits: LocalHTTPServer.Limits
    ) -> Result<(LocalHTTPServer.Request, Int), Refusal> {
        guard let text = String(validating: bytes.dropLast(4), as: UTF8.self), !text.utf8.contains(0) else {
            return .failure(Refusal(status: 400))
        }
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
        let start = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard start.count == 3, isToken(start[0]), start[1].hasPrefix("/"), start[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return .failure(Refusal(status: 400))
        }
        guard ["HTTP/1.1", "HTTP/1.0"].contains(start[2]) else { return .failure(Refusal(status: 505)) }
        let fields = lines.map(field)
        guard !fields.contains(nil) else { return .failure(Refusal(status: 400)) }
        let request = LocalHTTPServer.Request(method: start[0], target: start[1], fields: fields.compactMap(\.self))
        guard request["Host"] != nil || start[2] == "HTTP/1.0" else { return .failure(Refusal(status: 400)) }
        guard request["Transfer-Encoding"] == nil else { return .failure(Refusal(status: 411)) }
        guard let length = bodyLength(request) else { return .failure(Refusal(status: 400)) }
        return length <= limits.body ? .success((request, length)) : .failure(Refusal(status: 413))
    }

    /// `nil` where it is no number or there are two.
    private static func bodyLength(_ request: LocalHTTPServer.Request) -> Int? {
        let lengths = request.fields.filter { $0.name.lowercased() == "content-length" }.map(\.value)
        guard let length = lengths.first else { return 0 }
        guard lengths.count == 1, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(length)
    }

    /// `nil` for a folded line, a name that is no token, or a control character.
    private static func field(_ line: Substring) -> LocalHTTPServer.Field? {
        guard let colon = line.firstIndex(of: ":"), isToken(String(line[..<colon])) else { return nil }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return nil }
        let end = value.lastIndex { $0 != " " && $0 != "\t" }
        return LocalHTTPServer.Field(String(line[..<colon]), end.map { String(value[...$0]) } ?? "")
    }

    private static func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isToken) }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
