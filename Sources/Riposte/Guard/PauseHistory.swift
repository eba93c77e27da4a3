/// One time in which nothing was touched.
public struct Pause: Sendable, Hashable, Codable {
    /// From when on nothing was touched.
    public var since: Timestamp
    /// `nil` = it goes on.
    public var until: Timestamp?
    /// Who threw the switch.
    public var actor: String
    /// Why; may be empty.
    public var reason: String
    /// Who has ended it.
    public var resumedBy: String?

    /// `paused since 2026-11-20T12:00:00Z by ann: drill`.
    public var sentence: String { "paused since \(since.toTheSecond) by \(actor)" + (reason.isEmpty ? "" : ": \(reason)") }
}

/// The kill switch: when it was thrown, and the times before. Kept, because the deadlines of runs stand still meanwhile.
public struct PauseHistory: Sendable, Hashable, Codable {
    /// Oldest first; at most 100.
    public private(set) var pauses: [Pause] = []
    static let limit = 100

    /// Creates the history of a store that was never paused.
    public init() {}

    /// The pause that goes on.
    public var current: Pause? { pauses.last.flatMap { $0.until == nil ? $0 : nil } }

    /// Whether this changed anything: what is paused already stays as it is.
    mutating func begin(at now: Timestamp, actor: String, reason: String) -> Bool {
        guard current == nil else { return false }
        pauses.append(Pause(since: now, actor: actor, reason: reason))
        if pauses.count > Self.limit { pauses.removeFirst() }
        return true
    }

    mutating func end(at now: Timestamp, actor: String) -> Pause? {
        guard let current else { return nil }
        pauses[pauses.count - 1].until = max(now, current.since)
        pauses[pauses.count - 1].resumedBy = actor
        return current
    }

    /// For how long it was paused between two times.
    func time(from start: Timestamp, to end: Timestamp) -> Duration {
        pauses.reduce(.zero) { sum, pause in sum + max(min(pause.until ?? end, end) - max(pause.since, start), .zero) }
    }
}

extension PauseHistory {
    init?(_ json: JSONValue) {
        guard let history = RecordCoding.value(PauseHistory.self, in: json) else { return nil }
        self = history
    }

    var json: JSONValue { RecordCoding.tree(of: self) }
}

extension IncidentStore {
    /// When the store was paused. Throws ``StoreError`` where that cannot be made out: nobody may act as if it were not.
    public func pauseHistory() async throws -> PauseHistory {
        guard let json = try await guardState(.pauses) else { return PauseHistory() }
        guard let history = PauseHistory(json) else {
            throw StoreError(
                .corrupt,
                "the record of pauses is damaged: nothing is done, as if paused; “riposte pause”, then “riposte resume”, makes it anew")
        }
        return history
    }

    /// Throws the kill switch. Written to the store and to nothing else, so that it works with no engine there, or one that
    /// hangs; an engine that runs looks for it every 50 ms, and before each step where it has not looked for a second.
    ///
    /// - Returns: the pause that holds now, and whether it had been thrown before.
    @discardableResult
    public func pause(at now: Timestamp, actor: String, reason: String) async throws -> (pause: Pause, wasPaused: Bool) {
        var history: PauseHistory
        do { history = try await pauseHistory() } catch let error as StoreError where error.code == .corrupt { history = PauseHistory() }
        let isNew = history.begin(at: now, actor: actor, reason: reason)
        if isNew { try await commit(WriteBatch([.putGuardState(.pauses, history.json)])) }
        return (history.current ?? Pause(since: now, actor: actor, reason: reason), !isNew)
    }

    /// Lets things go on. The answer is the pause that has ended; `nil` = there was none.
    @discardableResult
    public func resume(at now: Timestamp, actor: String) async throws -> Pause? {
        var history = try await pauseHistory()
        guard let ended = history.end(at: now, actor: actor) else { return nil }
        try await commit(WriteBatch([.putGuardState(.pauses, history.json)]))
        return ended
    }
}
