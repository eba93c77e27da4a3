/// Where the parts of an access log's line lie.
///
/// `[vhost ]address ident user [21/Nov/2026:07:01:02 +0000] "request" status bytes[ "referrer" "agent"]`
///
/// The user's name is a stranger's and may hold spaces and brackets, but no quotation mark that is not escaped; so the
/// first bare quotation mark opens the request, and the time stands right before it.
struct AccessLogEntry {
    var address: Range<Int>
    var user: Range<Int>
    /// The virtual host, where one stands in front.
    var host: Range<Int>?
    /// Where the 26 bytes of the time start.
    var time: Int
    var request: Range<Int>
    var status: Int
    var userAgent: Range<Int>?

    init?(_ line: Span<UInt8>) {
        guard let open = Self.quote(line, from: 0), open >= 35, line.has("] ", before: open), line[open - 29] == 0x5B,
            line[open - 30] == 0x20, let close = Self.quote(line, from: open + 1), line.byte(close + 1) == 0x20,
            let status = line.number(at: close + 2, digits: 3), !isDigit(line.byte(close + 5))
        else { return nil }
        time = open - 28
        request = open + 1..<close
        self.status = status
        (address, user, host) = (0..<0, 0..<0, nil)
        guard readHead(line, to: open - 30) else { return nil }
        userAgent = Self.agent(line, from: close + 5)
    }

    /// Reads `[vhost ]address ident user`.
    private mutating func readHead(_ line: Span<UInt8>, to end: Int) -> Bool {
        guard let first = line.first(0x20, from: 0, to: end), first > 0 else { return false }
        var start = 0
        var stop = first
        if IPAddress(span: line.extracting(0..<first)) == nil, let second = line.first(0x20, from: first + 1, to: end),
            second > first + 1, IPAddress(span: line.extracting(first + 1..<second)) != nil
        {
            host = 0..<first
            (start, stop) = (first + 1, second)
        }
        guard let identEnd = line.first(0x20, from: stop + 1, to: end) else { return false }
        address = start..<stop
        user = identEnd + 1..<max(end, identEnd + 1)
        return true
    }

    /// What stands in the second pair of quotation marks after the status: referrer, then agent.
    private static func agent(_ line: Span<UInt8>, from start: Int) -> Range<Int>? {
        guard let open = quote(line, from: start), let close = quote(line, from: open + 1),
            let open2 = quote(line, from: close + 1), let close2 = quote(line, from: open2 + 1), close2 > open2 + 1
        else { return nil }
        let range = open2 + 1..<close2
        return range.count == 1 && line[range.lowerBound] == 0x2D ? nil : range
    }

    /// The next quotation mark without a backslash before it.
    private static func quote(_ line: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < line.count {
            let byte = line[index]
            if byte == 0x22 { return index }
            index += byte == 0x5C ? 2 : 1
        }
        return nil
    }
}

/// A request line: `POST /login HTTP/1.1`. Garbage has neither method nor path.
struct AccessLogRequest {
    var method: String?
    var path: String?

    init(_ line: Span<UInt8>, _ range: Range<Int>) {
        guard let space = line.first(0x20, from: range.lowerBound, to: range.upperBound), Self.isMethod(line, range.lowerBound..<space)
        else {
            return
        }
        method = line.text(in: range.lowerBound..<space)
        var end = range.upperBound
        if let last = line.last(0x20, from: space + 1, to: end), line.has("HTTP/", at: last + 1) { end = last }
        path = unescaped(line, space + 1..<max(end, space + 1))
    }

    private static func isMethod(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty, range.count <= 20 else { return false }
        for index in range where !(line[index] &- 0x41 < 26 || line[index] == 0x2D || line[index] == 0x5F) { return false }
        return true
    }
}

/// The text of a quoted field: `\x22` (nginx) and `\"`, `\\`, `\n`, `\t` (Apache) resolved, cut to 1,024 bytes.
func unescaped(_ line: Span<UInt8>, _ range: Range<Int>) -> String {
    let range = range.lowerBound..<min(range.upperBound, range.lowerBound + 1024)
    guard line.first(0x5C, from: range.lowerBound, to: range.upperBound) != nil else { return line.text(in: range, limit: 1024) }
    var bytes: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
        let byte = line[index]
        let next = index + 1 < range.upperBound ? line[index + 1] : 0
        if byte != 0x5C || next == 0 {
            bytes.append(byte)
            index += 1
        } else if next == 0x78, index + 3 < range.upperBound, let high = hexDigit(line[index + 2]), let low = hexDigit(line[index + 3]) {
            bytes.append(high << 4 | low)
            index += 4
        } else {
            bytes.append(next == 0x6E ? 0x0A : next == 0x74 ? 0x09 : next)
            index += 2
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
