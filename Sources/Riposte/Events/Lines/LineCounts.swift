/// How many lines met which fate, since a source was opened.
public struct LineCounts: Sendable, Hashable {
    /// Lines that held an event.
    public var event: UInt64 = 0
    /// Lines that were understood and are of no interest.
    public var irrelevant: UInt64 = 0
    /// Lines whose frame was not understood.
    public var malformed: UInt64 = 0
    /// Lines with an impossible time.
    public var badTime: UInt64 = 0
    /// Lines that should hold an address and hold none.
    public var badAddress: UInt64 = 0
    /// Lines over the limit of length.
    public var tooLong: UInt64 = 0
    /// Events whose time lay in the future and was set to the present; they are among ``event``.
    public var clampedTimes: UInt64 = 0
    /// How far in the future the last of them lay.
    public var lastAhead: Duration = .zero
    /// Sign-ins without an address, for which nobody can be blocked; they are among ``event``.
    public var signInsFromNowhere: UInt64 = 0

    /// Creates counts of nothing.
    public init() {}

    /// All lines, whatever became of them.
    public var lines: UInt64 { event + irrelevant + malformed + badTime + badAddress + tooLong }

    /// Lines that something was wrong with.
    public var rejected: UInt64 { malformed + badTime + badAddress + tooLong }

    /// Counts one line.
    @inline(__always)
    public mutating func add(_ verdict: LineVerdict) {
        switch verdict {
        case .event: event += 1
        case .irrelevant: irrelevant += 1
        case .malformed: malformed += 1
        case .badTime: badTime += 1
        case .badAddress: badAddress += 1
        case .tooLong: tooLong += 1
        }
    }

    /// How many lines met this fate.
    public subscript(verdict: LineVerdict) -> UInt64 {
        switch verdict {
        case .event: event
        case .irrelevant: irrelevant
        case .malformed: malformed
        case .badTime: badTime
        case .badAddress: badAddress
        case .tooLong: tooLong
        }
    }
}
