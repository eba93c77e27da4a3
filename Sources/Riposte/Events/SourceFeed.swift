/// One source's way from bytes to events: the reader of its format, and the time its lines are local to. A value, so that
/// warming up and going live use the same parser state.
package struct SourceFeed: Sendable {
    package let name: SourceName
    private let format: FormatChoice
    private let timezone: TimeZoneRule
    /// Added to the time of every event; a demo moves a recording to now with it.
    private let shift: Duration
    private var reader: (any EventReading)?
    private var earlier = LineCounts()
    /// Pieces of lines that were too long to be held.
    private var longLines: UInt64 = 0

    package init(name: SourceName, format: FormatChoice, timezone: TimeZoneRule = .utc, shift: Duration = .zero) {
        self.name = name
        self.format = format
        self.timezone = timezone
        self.shift = shift
        if case .fixed(let format) = format { reader = format.reader(timezone: timezone, source: name) }
    }

    /// The format in use; `nil` while it is still to be found out.
    package private(set) var detected: LogFormat?

    package var counts: LineCounts {
        var counts = reader?.counts ?? earlier
        counts.tooLong += longLines
        return counts
    }

    /// The events in a chunk.
    package mutating func events(in chunk: borrowing SourceChunk, now: Timestamp) -> [Event] {
        switch chunk.part {
        case .wholeLines: break
        case .longLineStart:
            longLines += 1
            return []
        case .longLineMiddle, .longLineEnd: return []
        }
        guard !chunk.bytes.isEmpty else { return [] }
        if reader == nil { choose(from: chunk.bytes) }
        var events: [Event] = []
        reader?.read(chunk.bytes, now: now, into: &events)
        // A chunk ends at a line end, but for the last line of something that has ended.
        if chunk.bytes.last != 0x0A { reader?.finish(now: now, into: &events) }
        if shift != .zero { for index in events.indices { events[index].time = events[index].time + shift } }
        return events
    }

    /// Finds the format out from the first lines. Where none fits yet, the lines count as malformed and the next chunk is asked.
    private mutating func choose(from bytes: [UInt8]) {
        guard let format = FormatDetection(bytes).format else {
            earlier.malformed += UInt64(bytes.count { $0 == 0x0A })
            return
        }
        detected = format
        reader = format.reader(timezone: timezone, source: name)
    }
}

/// Which format a source's lines are in.
public enum FormatChoice: Sendable, Hashable {
    /// This one, whatever the lines look like.
    case fixed(LogFormat)
    /// Found out from the first lines.
    case auto
}
