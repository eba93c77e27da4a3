/// A wall-clock instant: microseconds since 1970-01-01T00:00:00Z.
///
/// Encodes as an RFC 3339 string in UTC with as many fraction digits as it needs (`2026-11-20T07:00:00Z`,
/// `2026-11-20T07:00:00.25Z`), and decodes any offset.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since the epoch; negative before 1970.
    public var microseconds: Int64

    /// Creates the instant that many microseconds after the epoch.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Creates the instant that is `seconds` after the epoch.
    public init(seconds: Int64) { microseconds = seconds * 1_000_000 }

    /// Whole seconds since the epoch, rounded towards the past.
    public var seconds: Int64 { microseconds / 1_000_000 - (microseconds % 1_000_000 < 0 ? 1 : 0) }
    /// Microseconds beyond ``seconds``, 0 to 999,999.
    var fraction: Int { Int((microseconds % 1_000_000 + 1_000_000) % 1_000_000) }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    /// The instant `duration` later; saturates at the ends of the range instead of trapping.
    public static func + (a: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflow) = a.microseconds.addingReportingOverflow(duration.microseconds)
        guard overflow else { return Timestamp(microseconds: sum) }
        return duration.microseconds > 0 ? .distantFuture : .distantPast
    }

    /// The instant `duration` earlier.
    public static func - (a: Timestamp, duration: Duration) -> Timestamp { a + (.zero - duration) }

    /// The time from `b` to `a`; negative where `a` is earlier. Ends at 292,000 years, the way round that it is.
    public static func - (a: Timestamp, b: Timestamp) -> Duration {
        let (difference, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
        return .microseconds(overflow ? (a < b ? .min : .max) : difference)
    }

    /// Before everything: the first instant there is.
    public static let distantPast = Timestamp(microseconds: .min)
    /// After everything: the last instant there is.
    public static let distantFuture = Timestamp(microseconds: .max)
}

extension Duration {
    /// This duration in whole microseconds, rounded towards zero; saturates.
    public var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds > 0 ? .max : .min }
        let (sum, overflow2) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return overflow2 ? (seconds > 0 ? .max : .min) : sum
    }

    /// `count` minutes.
    public static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }

    /// `count` hours.
    public static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
}
