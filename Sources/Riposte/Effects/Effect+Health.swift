extension Effect {
    /// A time when it was found missing although it should have been in force.
    public struct Drift: Sendable, Hashable, Codable {
        /// When it was found missing.
        public var foundAt: Timestamp
        /// When it was there again; `nil` = not yet.
        public var repairedAt: Timestamp?
        /// Why it could not be put right yet.
        public var error: String?

        /// Creates the note of one such time.
        public init(foundAt: Timestamp, repairedAt: Timestamp? = nil, error: String? = nil) {
            self.foundAt = foundAt
            self.repairedAt = repairedAt
            self.error = error
        }
    }

    /// What its target went on doing although it was in force.
    public struct Breach: Sendable, Hashable, Codable {
        /// The times of the first and the last event.
        public var first: Timestamp
        /// The time of the latest event so far.
        public var last: Timestamp
        /// How many events of the target have come in meanwhile.
        public var events: Int

        /// Creates the note of what was seen.
        public init(first: Timestamp, last: Timestamp, events: Int) {
            self.first = first
            self.last = last
            self.events = events
        }

        mutating func add(_ other: Breach) {
            first = min(first, other.first)
            last = max(last, other.last)
            events += other.events
        }
    }

    /// Whether it is missing now, as far as is known.
    public var isDrifted: Bool { state == .active && (drifts ?? []).last.map { $0.repairedAt == nil } ?? false }
    /// Whether it is in force by the books and does not keep its target away.
    public var isIneffective: Bool { state == .active && breach != nil }

    /// Its state in words, with what is wrong with it: `active`, `run out`, `drifted`, `ineffective`.
    public func condition(at now: Timestamp) -> String {
        // A decision's time is up whether an engine was there to write that down or not.
        if state == .active, endsByItself, expiresAt.map({ $0 <= now }) ?? false { return "run out" }
        if isDrifted { return "drifted" }
        return isIneffective ? "ineffective" : state.rawValue
    }

    /// What a person should know of it beside its state, a sentence each.
    public var remarks: [String] {
        var remarks = [note].compactMap(\.self)
        if let breach {
            let events = breach.events == 1 ? "1 event" : "\(breach.events) events"
            remarks.append("ineffective: \(events) from \(target) while it was in force, the last \(breach.last.toTheSecond)")
        }
        guard let last = drifts?.last else { return remarks }
        let times = driftCount == 1 ? "was missing once" : "was missing \(driftCount ?? 1) times, the last time"
        let end = last.repairedAt.map { "put right \($0.toTheSecond)" } ?? "not put right yet" + (last.error.map { ": \($0)" } ?? "")
        return remarks + ["\(times) at \(last.foundAt.toTheSecond), \(end)"]
    }

    /// It was found missing; what keeps it from being put right, where something does.
    mutating func drifted(at now: Timestamp, error: String?) {
        var drifts = drifts ?? []
        if isDrifted {
            drifts[drifts.count - 1].error = error
        } else {
            drifts = drifts.suffix(9) + [Drift(foundAt: now, error: error)]
            driftCount = (driftCount ?? 0) + 1
        }
        self.drifts = drifts
    }

    /// It is there again.
    mutating func repaired(at now: Timestamp) {
        guard isDrifted, var drifts else { return }
        drifts[drifts.count - 1].repairedAt = now
        drifts[drifts.count - 1].error = nil
        self.drifts = drifts
    }
}
