/// Reads the bytes of one source into events, whatever its format. Asked once a chunk, so that the lines inside run
/// without a dynamic call.
public protocol EventReading: Sendable {
    /// Reads a chunk: every line that ends in it is parsed, the rest is kept for the next chunk.
    ///
    /// - Parameters:
    ///   - chunk: the next bytes of the stream, of any length; 64 KiB to 1 MiB is fastest.
    ///   - now: what the present is for times without a year or in the future.
    ///   - events: where the events are appended, in the order of their lines.
    /// - Returns: how many bytes of `chunk` lie before the end of its last complete line; 0 where no line ends in it.
    @discardableResult
    mutating func read(_ chunk: Span<UInt8>, now: Timestamp, into events: inout [Event]) -> Int

    /// Parses a last line that has no line end, at the end of the stream.
    mutating func finish(now: Timestamp, into events: inout [Event])

    /// What became of the lines so far.
    var counts: LineCounts { get }

    /// How many bytes of the stream lie in complete lines: where to go on reading after a restart.
    var completedBytes: UInt64 { get }
}

extension EventReading {
    /// Reads a chunk that is an array.
    @discardableResult
    public mutating func read(_ chunk: [UInt8], now: Timestamp, into events: inout [Event]) -> Int {
        read(chunk.span, now: now, into: &events)
    }
}

/// A ``LineSplitter``, a parser and the counts of both: bytes in, events out.
public struct EventReader<Parser: LineParser>: EventReading {
    /// The parser, with what it has counted.
    public private(set) var parser: Parser
    public private(set) var completedBytes: UInt64 = 0
    private var splitter: LineSplitter
    private var verdicts = LineCounts()

    /// Creates a reader at the start of a stream.
    ///
    /// - Parameter lineLimit: the longest line that is looked at, in bytes.
    public init(_ parser: Parser, lineLimit: Int = LineSplitter.defaultLimit) {
        self.parser = parser
        splitter = LineSplitter(limit: lineLimit)
    }

    public var counts: LineCounts {
        var counts = verdicts
        counts.clampedTimes = parser.clampedTimes
        counts.lastAhead = parser.lastAhead
        counts.signInsFromNowhere = parser.signInsFromNowhere
        return counts
    }

    @discardableResult
    public mutating func read(_ chunk: Span<UInt8>, now: Timestamp, into events: inout [Event]) -> Int {
        let held = splitter.pendingBytes
        var cursor = 0
        var consumed = 0
        while true {
            switch splitter.next(in: chunk, from: &cursor) {
            case .line(let range): verdicts.add(parser.parse(chunk.extracting(range), now: now, into: &events))
            case .joined: parseJoined(now, &events)
            case .tooLong: verdicts.add(.tooLong)
            case .end:
                if consumed > 0 { completedBytes += UInt64(held + consumed) }
                return consumed
            }
            consumed = cursor
        }
    }

    public mutating func finish(now: Timestamp, into events: inout [Event]) {
        let held = splitter.pendingBytes
        switch splitter.finish() {
        case .joined: parseJoined(now, &events)
        case .tooLong: verdicts.add(.tooLong)
        case .line, .end: break
        }
        completedBytes += UInt64(held)
    }

    private mutating func parseJoined(_ now: Timestamp, _ events: inout [Event]) {
        let line = splitter.joined
        verdicts.add(parser.parse(line.span, now: now, into: &events))
    }
}
