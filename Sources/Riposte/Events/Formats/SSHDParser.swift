/// Reads OpenSSH's messages from syslog (the three shapes of `SyslogFrame`), versions 7 to 10.
///
/// **What counts.** One attempt to sign in is one event, though sshd and PAM tell of it on up to five lines. The first
/// line that tells makes the event; a later one of the same process, address and port that speaks of the same attempt is
/// `irrelevant`:
/// - `Invalid user`, `not allowed because`, `error: PAM: Authentication failure`, `Failed password`,
///   `Failed keyboard-interactive`: a failure.
/// - `pam_unix(sshd:auth): authentication failure`: a failure only while sshd itself says nothing (its `LogLevel` is below
///   `INFO`), which is so when none of its own lines came in the last day; otherwise its own line follows and counts.
///   `PAM N more authentication failures` counts N for such a connection, and nothing otherwise.
/// - `maximum authentication attempts exceeded`: a failure only where no line before told of the connection.
/// - `Failed publickey`, `Failed none`, `Failed hostbased`: no event. A client offers all its keys one after another; that is
///   not an attack.
/// - `Connection closed by authenticating user`, `Disconnected from authenticating user`: a sign-in with an unknown
///   outcome where nothing before told of the connection: somebody gave up, or had no fitting key. It counts nowhere.
/// - `Accepted`: a success.
/// - `message repeated N times: […]` and `last message repeated N times`: N of what is repeated.
///
/// **A user's name cannot change the address.** See `PeerTail`; in PAM's lines the address is the first `rhost=`.
public struct SSHDParser: LineParser {
    let source: SourceName
    var clock: LogClock
    var attempts = AttemptTable()
    var unansweredPAM = PAMSightings()
    /// When sshd itself last wrote a line of level INFO.
    var lastSpoken = Timestamp.distantPast
    /// The event of the line before, whether it was counted or not, for "last message repeated".
    private var previous: Event?
    private var previousHost: UInt64 = 0
    private var isPreviousFresh = false
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

    public mutating func parse(_ line: Span<UInt8>, now: Timestamp, into events: inout [Event]) -> LineVerdict {
        let hadEvent = isPreviousFresh
        isPreviousFresh = false
        guard let frame = SyslogFrame(line) else { return .malformed }
        guard Self.isSSHD(line, frame.program) else {
            guard frame.program.isEmpty else { return .irrelevant }
            return repeatLast(line, frame, hadEvent: hadEvent, now: now, into: &events)
        }
        guard Self.mayMatter(line, frame.message) else { return .irrelevant }
        guard let time = clock.time(of: frame, in: line, now: now) else { return .badTime }
        let message = SSHDMessage(frame, line, time: time, now: now)
        return read(message, line, into: &events)
    }

    @inline(__always)
    private static func isSSHD(_ line: Span<UInt8>, _ program: Range<Int>) -> Bool {
        guard program.count >= 4, line.has("sshd", at: program.lowerBound) else { return false }
        switch program.count {
        case 4: return true
        case 9: return line.has("-auth", at: program.lowerBound + 4)
        case 12: return line.has("-session", at: program.lowerBound + 4)
        default: return false
        }
    }

    /// Whether the message's first bytes are those of one that is read; most lines end here.
    @inline(__always)
    private static func mayMatter(_ line: Span<UInt8>, _ message: Range<Int>) -> Bool {
        let start = message.lowerBound
        switch line.byte(start) {
        case 0x46: return line.has("Failed ", at: start)
        case 0x41: return line.has("Accepted ", at: start)
        case 0x49: return line.has("Invalid user ", at: start)
        case 0x70: return line.has("pam_unix(sshd:auth): authentication failure; ", at: start)
        case 0x43: return line.has("Connection closed by ", at: start) || line.has("Connection reset by ", at: start)
        case 0x44: return line.has("Disconnect", at: start)
        case 0x65: return line.has("error: PAM: ", at: start) || line.has("error: maximum authentication attempts exceeded for ", at: start)
        case 0x55: return line.has("User ", at: start)
        case 0x50: return line.has("PAM ", at: start)
        case 0x6D: return line.has("message repeated ", at: start)
        default: return false
        }
    }

    private mutating func read(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        switch line.byte(message.start) {
        case 0x46: failed(message, line, into: &events)
        case 0x41: accepted(message, line, into: &events)
        case 0x49: invalidUser(message, line, into: &events)
        case 0x70: pamFailure(message, line, into: &events)
        case 0x43, 0x44: closed(message, line, into: &events)
        case 0x65 where line.byte(message.start + 7) == 0x50: pamError(message, line, into: &events)
        case 0x65: tooManyAttempts(message, line, into: &events)
        case 0x55: notAllowed(message, line, into: &events)
        case 0x50: morePAMFailures(message, line, into: &events)
        default: repeated(message, line, into: &events)
        }
    }

    /// Makes the event; appends it unless it `isCounted` already.
    @inline(__always)
    mutating func record(
        _ made: consuming Event, of message: SSHDMessage, isCounted: Bool = false, into events: inout [Event]
    ) -> LineVerdict {
        var event = consume made
        if message.writtenTime > event.time {
            event.details = EventDetails(attributes: [originalTime: message.writtenTime.description])
        }
        event.source = source
        event.sequence = nextSequence
        previous = event
        previousHost = message.host
        isPreviousFresh = true
        guard !isCounted else { return .irrelevant }
        if message.writtenTime > event.time { clock.noteClamped(by: message.writtenTime - event.time) }
        nextSequence += 1
        events.append(event)
        return .event
    }

    /// `last message repeated 3 times`, which older syslog daemons write without a program: three more of the line
    /// before, if that was the same host's and told of an attempt.
    private mutating func repeatLast(
        _ line: Span<UInt8>, _ frame: SyslogFrame, hadEvent: Bool, now: Timestamp, into events: inout [Event]
    ) -> LineVerdict {
        guard let count = repetitions(line, frame.message, after: "last message repeated ") else { return .irrelevant }
        guard let time = clock.time(of: frame, in: line, now: now) else { return .badTime }
        guard hadEvent, var event = previous, SSHDMessage.hash(line, frame.host) == previousHost else { return .irrelevant }
        event.time = clock.clamped(time, now: now)
        event.count = count
        event.details = nil
        event.sequence = nextSequence
        nextSequence += 1
        events.append(event)
        isPreviousFresh = true
        return .event
    }

    /// `message repeated 3 times: [ Failed password for …]`, which rsyslog writes.
    private mutating func repeated(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard let count = repetitions(line, message.start..<message.end, after: "message repeated "),
            let open = line.first(0x5B, from: message.start, to: message.start + 48), line.byte(open + 1) == 0x20,
            let close = line.last(0x5D, from: open, to: message.end)
        else { return .irrelevant }
        var inner = message
        (inner.start, inner.end, inner.count) = (open + 2, close, count)
        if line.has("Failed ", at: inner.start) { return failed(inner, line, into: &events) }
        if line.has("error: PAM: ", at: inner.start) { return pamError(inner, line, into: &events) }
        return .irrelevant
    }

    private func repetitions(_ line: Span<UInt8>, _ range: Range<Int>, after literal: StaticString) -> UInt32? {
        let start = range.lowerBound + literal.utf8CodeUnitCount
        guard line.has(literal, at: range.lowerBound), let end = line.first(0x20, from: start, to: start + 8),
            line.has(" time", at: end), let count = line.number(in: start..<end, atMost: 7), count > 0
        else { return nil }
        return UInt32(count)
    }
}

/// The attribute that holds the time a line bore, where it lay in the future and the event's time is the present.
let originalTime = "original_time"
