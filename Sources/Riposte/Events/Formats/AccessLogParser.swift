/// Reads the access logs of nginx and Apache: the common and the combined format, with or without a virtual host in front
/// (Apache's `vhost_combined`).
///
/// Every request is an event of kind ``Event/Kind/httpRequest`` with an unknown outcome, except that
/// - a `POST` to a login path answered 401 or 403 is a failed login;
/// - any request with a user name (HTTP basic authentication) answered 401 is a failed login.
///
/// A 403 anywhere else and a 429 count nowhere: they may be our own refusals. What a login path's 200 or 302 means depends on
/// the application, so it stays unknown.
public struct AccessLogParser: LineParser {
    private let source: SourceName
    private let loginPaths: Set<String>
    private var clock = LogClock(zone: .utc)
    /// The number the next event gets.
    public private(set) var nextSequence: UInt64

    /// The paths that sign people in, where nothing else is said.
    public static let defaultLoginPaths: Set<String> = ["/login", "/signin", "/wp-login.php", "/api/login", "/sessions"]

    /// Creates a parser for one source.
    ///
    /// - Parameters:
    ///   - loginPaths: compared with the request's path without its query, percent-decoded, without doubled or trailing
    ///     slashes.
    ///   - source: the name its events carry.
    ///   - firstSequence: the number of its first event.
    public init(loginPaths: Set<String> = defaultLoginPaths, source: SourceName, firstSequence: UInt64 = 0) {
        self.source = source
        self.loginPaths = Set(loginPaths.map { RequestPath.normal($0) })
        nextSequence = firstSequence
    }

    public var clampedTimes: UInt64 { clock.clampedTimes }
    public var lastAhead: Duration { clock.lastAhead }

    public mutating func parse(_ line: Span<UInt8>, now: Timestamp, into events: inout [Event]) -> LineVerdict {
        guard let entry = AccessLogEntry(line) else { return .malformed }
        guard let time = clock.accessLog(line, at: entry.time) else { return .badTime }
        guard let address = IPAddress(span: line.extracting(entry.address)) else { return .badAddress }
        let request = AccessLogRequest(line, entry.request)
        let user = line.name(in: entry.user)
        var event = Event(
            time: clock.clamped(time, now: now), sequence: nextSequence, kind: .httpRequest, outcome: .unknown, address: address,
            user: user == "-" || user.isEmpty ? nil : user, source: source)
        event.details = EventDetails(
            userAgent: entry.userAgent.map { unescaped(line, $0) }, host: entry.host.map { line.text(in: $0) },
            httpMethod: request.method, path: request.path, status: entry.status,
            attributes: time > now ? [originalTime: time.description] : [:])
        markLogin(&event, entry.status, request)
        nextSequence += 1
        events.append(event)
        return .event
    }

    private func markLogin(_ event: inout Event, _ status: Int, _ request: AccessLogRequest) {
        let isBasic = status == 401 && event.user != nil
        guard isBasic || (status == 401 || status == 403) && request.method == "POST" else { return }
        guard isBasic || request.path.map({ loginPaths.contains(RequestPath.normal($0)) }) == true else { return }
        event.kind = .login
        event.outcome = .failure
        event.reason = .badCredentials
        event.method = .password
    }
}
