/// What the store keeps of a source: where it stands, and which position it had at which event time.
package struct SourceState: Sendable, Hashable, Codable {
    package var position: SourcePosition?
    package var lastEvent: Timestamp?
    package var history: PositionHistory

    package init(window: Duration) { history = PositionHistory(window: window) }

    /// Reads what ``json`` made; `nil` for anything else, which then counts as never read.
    package init?(_ json: JSONValue) {
        guard let state = RecordCoding.value(SourceState.self, in: json) else { return nil }
        self = state
    }
}

/// How far a source has been read, and what of that is on disk.
struct SourceProgress: Sendable {
    private(set) var state: SourceState
    /// Whether something was read that no commit holds yet.
    private(set) var isDirty = false
    private var committedAt: Timestamp = .distantPast

    init(_ state: SourceState, window: Duration) {
        self.state = state
        self.state.history.window = window
    }

    mutating func advance(to position: SourcePosition, lastEvent: Timestamp?) {
        // The mark says what lies before it, so it is set with the position before these events.
        if let before = state.position, let time = state.lastEvent ?? lastEvent {
            state.history.note(time, at: before == .beginning ? position.fromFirstByte : before)
        }
        state.position = position
        if let lastEvent { state.lastEvent = max(state.lastEvent ?? lastEvent, lastEvent) }
        isDirty = true
    }

    /// A position is written now and then even where nothing was found, so that a restart need not read all again.
    func isDue(at now: Timestamp) -> Bool { isDirty && (now - committedAt >= .seconds(1) || now < committedAt) }

    mutating func committed(at now: Timestamp) {
        committedAt = now
        isDirty = false
    }
}
