/// Which effects are looked at when: each once a minute, a bounded number at a time.
struct ProbeRounds: Sendable {
    static let interval = Duration.minutes(1)
    /// A look at more than this many waits for the next call.
    static let width = 64

    private var waiting: ArraySlice<EffectID> = []
    private var begunAt: Timestamp?

    /// Those to look at now. A round begins a minute after the last one began, and not before that one is over.
    mutating func next(at now: Timestamp, _ candidates: () -> [EffectID]) -> [EffectID] {
        if waiting.isEmpty, begunAt.map({ now >= $0 + Self.interval || now < $0 }) ?? true {
            waiting = candidates()[...]
            begunAt = now
        }
        defer { waiting = waiting.dropFirst(Self.width) }
        return Array(waiting.prefix(Self.width))
    }
}
