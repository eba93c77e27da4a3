/// A time of each day in which people are left alone.
public struct QuietHours: Sendable, Hashable {
    /// In minutes after midnight, 0 to 1439.
    public var from: Int
    /// In minutes after midnight; one before ``from`` is of the next day.
    public var to: Int
    /// Where those hours are told.
    public var zone: TimeZoneRule
    /// What is at least this severe comes all the same; `nil` = nothing does.
    public var exception: Severity?

    /// Creates a quiet time of each day; one that ends when it begins is the whole day.
    public init(from: Int, to: Int, zone: TimeZoneRule = .utc, except exception: Severity? = .critical) {
        self.from = from
        self.to = to
        self.zone = zone
        self.exception = exception
    }

    /// When the quiet time that `time` lies in is over; `nil` where it lies in none.
    public func end(at time: Timestamp) -> Timestamp? {
        let local = time.seconds + Int64(zone.secondsFromUTC(at: time.seconds))
        let second = (local % 86_400 + 86_400) % 86_400
        let (from, to) = (Int64(from) * 60, Int64(to) * 60)
        guard from < to ? (from..<to).contains(second) : second >= from || second < to else { return nil }
        let end = local - second + to + (second < to ? 0 : 86_400)
        // In the hour that autumn repeats, the end may be there twice.
        let offsets = zone.offsets(atLocal: end)
        let ends = [end - Int64(offsets.0), end - Int64(offsets.1)]
        return Timestamp(seconds: max(ends.first { $0 > time.seconds } ?? ends[1], time.seconds + 1))
    }

    /// Whether there is a minute that lies in both, in the same zone.
    public func overlaps(_ other: QuietHours) -> Bool {
        zone == other.zone && spans.contains { span in other.spans.contains { span.overlaps($0) } }
    }

    private var spans: [Range<Int>] { from < to ? [from..<to] : [from..<1440, 0..<to] }
}
