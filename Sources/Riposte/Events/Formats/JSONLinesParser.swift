/// Reads a JSON object a line: our own shape, OCSF Authentication (class 3002) and the Elastic Common Schema.
///
/// Our own shape, of which only `time` must be there:
/// ```json
/// {"time":"2026-11-21T07:01:02Z","kind":"auth.login","outcome":"failure","reason":"bad_credentials","method":"password",
///  "ip":"203.0.113.9","port":51022,"user":"alice","session":"…","count":1,"tenant":"…","device":"…","user_agent":"…",
///  "service":"…","host":"…","http_method":"POST","path":"/login","status":401,"country":"NL","attributes":{"plan":"pro"}}
/// ```
/// - `time` is RFC 3339 or a number: seconds, milliseconds or microseconds since the epoch, told apart by size. Without a
///   time a line is `badTime`; text without an offset is local to the source's time zone.
/// - An unknown `kind` is ``Event/Kind/other``, an unknown outcome ``Event/Outcome/unknown``: neither is an error.
/// - `address` means `ip` and `username` means `user`, where these are not there.
/// - An address that is none makes the line `badAddress`; one that is missing, `null` or empty does not.
/// - Where several names for one thing are there, ours goes before OCSF's before Elastic's. Of the same name twice the last
///   counts. What is not an object is `malformed`; an empty line is `irrelevant`.
public struct JSONLinesParser: LineParser {
    let source: SourceName
    var clock: LogClock
    var scanner = JSONScanner()
    /// The number the next event gets.
    public private(set) var nextSequence: UInt64

    /// Creates a parser for one source.
    ///
    /// - Parameters:
    ///   - timezone: what times without an offset are local to.
    ///   - source: the name its events carry.
    ///   - firstSequence: the number of its first event.
    public init(timezone: TimeZoneRule = .utc, source: SourceName, firstSequence: UInt64 = 0) {
        self.source = source
        clock = LogClock(zone: timezone)
        nextSequence = firstSequence
    }

    public var clampedTimes: UInt64 { clock.clampedTimes }
    public var lastAhead: Duration { clock.lastAhead }
    public private(set) var signInsFromNowhere: UInt64 = 0

    public mutating func parse(_ line: Span<UInt8>, now: Timestamp, into events: inout [Event]) -> LineVerdict {
        guard line.count > 3 else { return line.count == 0 ? .irrelevant : .malformed }
        if line[0] == 0xEF, line.has("\u{FEFF}", at: 0) {
            return parse(line.extracting(3..<line.count), now: now, into: &events)
        }
        guard scanner.scan(line) else { return Self.isBlank(line) ? .irrelevant : .malformed }
        guard let written = time(line) else { return .badTime }
        var event = Event(
            time: clock.clamped(written, now: now), sequence: nextSequence, kind: kind(line), outcome: outcome(line), source: source)
        if let value = first(.ip, .address, .sourceEndpointIP, .sourceIP, .clientIP), value.end > value.start {
            guard let address = address(line, value) else { return .badAddress }
            event.address = address
        }
        fill(&event, line)
        event.details = details(line, written: written > now ? written : nil)
        nextSequence += 1
        if event.kind == .login, event.address == nil { signInsFromNowhere += 1 }
        events.append(event)
        return .event
    }

    private static func isBlank(_ line: Span<UInt8>) -> Bool {
        for index in 0..<line.count where line[index] != 0x20 && line[index] != 0x09 { return false }
        return true
    }

    private func fill(_ event: inout Event, _ line: Span<UInt8>) {
        if let value = first(.port, .sourceEndpointPort, .sourcePort, .clientPort), let port = JSONText.integer(line, value) {
            event.port = UInt16(exactly: port) ?? 0
        }
        if let value = first(.user, .username, .userName, .actorName, .userEmail, .userUID, .userID), value.end > value.start {
            event.user = JSONText.name(line, value)
        }
        if let value = scanner.value(.count), let count = JSONText.integer(line, value) {
            event.count = UInt32(clamping: max(count, 1))
        }
        if let value = first(.reason, .eventReason) { event.reason = JSONWords.reason(line, value) }
        if let value = scanner.value(.method) { event.method = JSONWords.method(line, value) }
    }

    @inline(__always)
    func first(_ fields: JSONField...) -> JSONScanner.Value? {
        for field in fields {
            if let value = scanner.value(field) { return value }
        }
        return nil
    }

    private func address(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> IPAddress? {
        guard value.kind == .escapedText else {
            return value.isText ? IPAddress(span: line.extracting(value.start..<value.end)) : nil
        }
        return IPAddress(span: JSONText.unescaped(line, value.start..<value.end).span)
    }

    // MARK: Time

    private mutating func time(_ line: Span<UInt8>) -> Timestamp? {
        guard let value = first(.time, .timestamp, .shortTimestamp, .timeText, .atTimestamp) else { return nil }
        switch value.kind {
        case .text: return clock.rfc3339(line, value.start..<value.end) ?? epoch(line, value)
        case .number: return epoch(line, value)
        case .escapedText:
            let bytes = JSONText.unescaped(line, value.start..<value.end)
            return clock.rfc3339(bytes.span, 0..<bytes.count)
        case .yes, .no: return nil
        }
    }

    /// Seconds, milliseconds or microseconds since the epoch: seconds stay under 10¹¹ until the year 5138.
    private func epoch(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> Timestamp? {
        guard let number = JSONText.integer(line, value), number > -1_000_000_000_000_000_000 else { return nil }
        let fraction = JSONText.millionths(line, value) * (number < 0 ? -1 : 1)
        switch abs(number) {
        case ..<100_000_000_000: return Timestamp(microseconds: number * 1_000_000 + fraction)
        case ..<100_000_000_000_000: return Timestamp(microseconds: number * 1000 + fraction / 1000)
        case ..<100_000_000_000_000_000: return Timestamp(microseconds: number)
        default: return nil
        }
    }

    // MARK: What happened

    private func kind(_ line: Span<UInt8>) -> Event.Kind {
        if let value = scanner.value(.kind) { return JSONWords.kind(line, value) }
        if let value = scanner.value(.classID) { return ocsfKind(line, value) }
        if let value = scanner.value(.eventKind), line.has("alert\"", at: value.start) { return .alert }
        guard let value = scanner.value(.eventCategory) else { return .other }
        if line.has("authentication\"", at: value.start) { return isLogout(line) ? .logout : .login }
        return line.has("web\"", at: value.start) ? .httpRequest : .other
    }

    /// By class and, for class 3002, activity (OCSF 1.3: logon, logoff, the three of Kerberos).
    private func ocsfKind(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> Event.Kind {
        switch JSONText.integer(line, value) {
        case 3001: return .accountChange
        case 3002: break
        case 4002: return .httpRequest
        case 2004: return .alert
        default: return .other
        }
        switch scanner.value(.activityID).flatMap({ JSONText.integer(line, $0) }) {
        case 1, 3, 4, 5: return .login
        case 2: return .logout
        default: return .other
        }
    }

    private func isLogout(_ line: Span<UInt8>) -> Bool {
        guard let value = scanner.value(.eventAction) else { return false }
        let action = JSONText.text(line, value).lowercased()
        return action.contains("logout") || action.contains("logoff") || action.contains("logged-out") || action.contains("logged-off")
    }

    private func outcome(_ line: Span<UInt8>) -> Event.Outcome {
        if let value = scanner.value(.outcome) { return JSONWords.outcome(line, value) }
        if let value = scanner.value(.statusID) {
            switch JSONText.integer(line, value) {
            case 1: return .success
            case 2: return .failure
            default: return .unknown
            }
        }
        if let value = scanner.value(.eventOutcome) { return JSONWords.outcome(line, value) }
        if let value = scanner.value(.status), value.isText { return JSONWords.outcome(line, value) }
        return .unknown
    }
}
