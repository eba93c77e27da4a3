/// Whether an enforcer holds what it should. No I/O: told what came of each call.
public struct EnforcerStatus: Sendable, Hashable, Codable {
    /// How an enforcer stands.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Not compared yet.
        case unknown
        /// It held exactly what it should when it was last compared.
        case enforced
        /// Something was off when it was last compared; it has been put right.
        case drifted
        /// It could not be told, or not be asked.
        case failing
    }

    /// Which enforcer it is about.
    public var name: EnforcerName
    /// How it stands since ``since``.
    public private(set) var state: State = .unknown
    /// When it came into this state.
    public private(set) var since: Timestamp
    /// When it was last compared with what should hold, and how many decisions that were.
    public private(set) var comparedAt: Timestamp?
    /// How many decisions it was compared with, the last time.
    public private(set) var decisions = 0
    /// The last time something was off, and what.
    public private(set) var driftedAt: Timestamp?
    /// What was off then; `nil` = never anything.
    public private(set) var drift: EnforcementDrift?
    /// What it said, while it is failing.
    public private(set) var error: String?

    /// Creates the status of an enforcer that nobody has asked yet.
    public init(_ name: EnforcerName, at now: Timestamp) {
        self.name = name
        since = now
    }

    /// How long after a comparison the next is due.
    public static let interval = Duration.seconds(60)

    /// Whether it is to be compared: it has not been, it fails, a minute is over, or the clock was set back.
    public func isDue(at now: Timestamp) -> Bool {
        guard let comparedAt, state != .failing else { return true }
        return now >= comparedAt + Self.interval || now < comparedAt
    }

    /// It was compared, and what was off put right. The first time, and after a failure, something is bound to be off.
    mutating func reconciled(_ found: EnforcementDrift, decisions: Int, at now: Timestamp) {
        let isExpected = state == .unknown || state == .failing
        if !found.isEmpty {
            drift = found
            driftedAt = now
        }
        move(to: found.isEmpty || isExpected ? .enforced : .drifted, at: now)
        comparedAt = now
        self.decisions = decisions
        error = nil
    }

    /// A call failed. Only a comparison makes it well again: what else was lost, nobody knows.
    mutating func failed(_ why: String, at now: Timestamp) {
        move(to: .failing, at: now)
        error = why
    }

    private mutating func move(to next: State, at now: Timestamp) {
        if state != next { since = now }
        state = next
    }
}
