/// Reads one log format: bytes in, events out. Pure; knows nothing of files or clocks.
///
/// A parser may hold state between lines of one source (the last line, for "message repeated N times"; which attempt
/// was counted already), so each source has its own.
public protocol LineParser: Sendable {
    /// Reads one line, without its line end, and appends the events it stands for (mostly none or one).
    ///
    /// Never throws and never traps, whatever the bytes: NUL, invalid UTF-8 and a megabyte without a space are all
    /// lines. What is not understood is told by the answer and counted by the caller.
    ///
    /// - Parameters:
    ///   - line: the bytes of one line.
    ///   - now: what the present is for times without a year; in a replay the end of the file.
    mutating func parse(_ line: Span<UInt8>, now: Timestamp, into events: inout [Event]) -> LineVerdict

    /// How many events had a time in the future, which was set to `now`. Default: 0.
    var clampedTimes: UInt64 { get }
    /// How far in the future the last of them lay. Default: 0.
    var lastAhead: Duration { get }

    /// How many sign-ins came without the address that they came from. Default: 0.
    var signInsFromNowhere: UInt64 { get }
}

extension LineParser {
    public var clampedTimes: UInt64 { 0 }
    public var lastAhead: Duration { .zero }
    public var signInsFromNowhere: UInt64 { 0 }
}

/// What became of a line.
public enum LineVerdict: UInt8, Sendable, Hashable, CaseIterable {
    /// It held an event.
    case event
    /// Understood, and of no interest here: another program, a line that repeats what another said.
    case irrelevant
    /// The frame was not understood: no time stamp, no program name, not JSON.
    case malformed
    /// The frame was read, and the time was impossible.
    case badTime
    /// It should hold an address, and what stands there is none.
    case badAddress
    /// Longer than the reader's limit, so it was not looked at.
    case tooLong
}
