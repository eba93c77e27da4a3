/// Turns local times into instants, asking the zone once a quarter of an hour: no zone of today changes its offset at
/// another moment.
struct LocalTime: Sendable {
    private let zone: TimeZoneRule
    private var quarter: Int64 = .min
    private var offsets = (0, 0)
    private var last: Int64 = .min

    /// How many seconds a line may lie behind the one before it and still be in order.
    private static let disorder: Int64 = 60

    init(zone: TimeZoneRule) { self.zone = zone }

    /// The instant of `local`, a local time counted as if it were UTC, both in seconds since the epoch.
    ///
    /// Of the two instants of an hour that autumn repeats it is the earlier, unless the lines before have passed it.
    mutating func instant(_ local: Int64) -> Int64 {
        let asked = local >= 0 ? local / 900 : (local - 899) / 900
        if asked != quarter {
            quarter = asked
            offsets = zone.offsets(atLocal: local)
        }
        let instant = local - Int64(offsets.0)
        guard offsets.0 != offsets.1, last > instant + Self.disorder, last < instant + 86_400 else { return instant }
        return local - Int64(offsets.1)
    }

    /// Remembers the instant of a line, for the next ones.
    mutating func settle(_ instant: Int64) { last = instant }
}
