internal import Synchronization

/// How many anomalies that are handed over one by one are taken in: so many at once, and so many a second. What is more is
/// shed, counted and shown: it is not looked at, and whoever hands it over hears so at once. One place in five is kept for
/// critical severity, so that cheap attacks do not drown the one that matters.
final class FloodGate: Sendable {
    /// What was shed since the store was made.
    public struct Shed: Sendable, Hashable, Codable {
        public var total: UInt64 = 0
        public var critical: UInt64 = 0
        public var last: Timestamp?
    }

    private struct State {
        var shed = Shed()
        var hasChanged = false
        var tokens: Double
        var filledAt: Timestamp?
    }

    let burst: Int
    let perSecond: Int
    private let state: Mutex<State>

    init(burst: Int = 5000, perSecond: Int = 500) {
        (self.burst, self.perSecond) = (max(burst, 1), max(perSecond, 1))
        state = Mutex(State(tokens: Double(max(burst, 1))))
    }

    var shed: Shed { state.withLock { $0.shed } }

    /// Whether one more is taken in.
    func admits(_ severity: Severity, at now: Timestamp) -> Bool {
        state.withLock { state in
            let elapsed = max(state.filledAt.map { now - $0 } ?? .zero, .zero)
            state.tokens = min(state.tokens + Double(elapsed.microseconds) / 1e6 * Double(perSecond), Double(burst))
            state.filledAt = now
            let reserve = severity == .critical ? 0 : Double(burst) / 5
            if state.tokens - 1 >= reserve {
                state.tokens -= 1
                return true
            }
            state.shed.total += 1
            if severity == .critical { state.shed.critical += 1 }
            state.shed.last = now
            state.hasChanged = true
            return false
        }
    }

    func load(_ json: JSONValue?) {
        guard let json, let shed = RecordCoding.value(Shed.self, in: json) else { return }
        state.withLock { $0.shed = shed }
    }

    /// What is to be written, where something was shed since.
    func takeChanged() -> JSONValue? {
        state.withLock { state in
            guard state.hasChanged else { return nil }
            state.hasChanged = false
            return try? JSONValue(json: RecordCoding.text(of: state.shed))
        }
    }

    func putBack() { state.withLock { $0.hasChanged = $0.shed.total > 0 } }
}
