/// Whether a source's clock and this machine's are apart, as its events show: once when it begins and once when it is over.
///
/// What is behind may be a source that is late or one that is read from its beginning: it is said either way, because
/// nothing is done by itself about events that are too old.
struct ClockSkewWatch: Sendable {
    enum Change: Sendable, Hashable {
        case ahead(Duration)
        case behind(Duration)
        case over
    }

    static let limit: Duration = .minutes(5)
    private enum State { case well, ahead, behind }
    private var state = State.well

    private var clamped: UInt64 = 0

    /// - Parameters:
    ///   - latest: the latest time among events that have just been read.
    ///   - counts: of the source; a time in the future was set to the present, and these say how far it lay.
    mutating func observe(_ latest: Timestamp, _ counts: LineCounts, now: Timestamp) -> Change? {
        let isAhead = counts.clampedTimes > clamped
        clamped = counts.clampedTimes
        let offset = isAhead ? counts.lastAhead : latest - now
        let next: State = offset > Self.limit ? .ahead : (offset < .zero - Self.limit ? .behind : .well)
        guard next != state else { return nil }
        state = next
        return switch next {
        case .well: .over
        case .ahead: .ahead(offset)
        case .behind: .behind(.zero - offset)
        }
    }
}
