/// One action's back end, as its results show it. Five steps in a row that could not be carried out, and the action needs a
/// person's yes for a while; then one step is tried, and its result decides.
///
/// A permanent failure says that the request was wrong, not that the back end is: a missing or unknown target never counts,
/// or whoever makes up names would switch the action off.
public struct Circuit: Sendable, Hashable, Codable {
    /// In a row.
    public private(set) var failures = 0
    /// Until when it stays open; `nil` = closed.
    public private(set) var openUntil: Timestamp?
    /// When it opened, the last time; `nil` while it is closed.
    public private(set) var openedAt: Timestamp?
    /// What the last failure said; empty where there was none.
    public private(set) var lastError = ""
    private var wait = 0
    private var triedAt: Timestamp?

    static let threshold = 5
    static let firstWait = 300
    static let longestWait = 3600
    /// A trial that has not ended after this long is given up.
    static let trial: Duration = .minutes(2)

    /// Whether the action runs by itself.
    public var isClosed: Bool { openUntil == nil }

    /// Why the action must not run by itself now; `nil` = it may. In the half-open state one may, to try.
    mutating func objection(at now: Timestamp) -> String? {
        guard let openUntil else { return nil }
        if now >= openUntil, triedAt.map({ now >= $0 + Self.trial }) ?? true {
            triedAt = now
            return nil
        }
        return "its back end has failed \(failures) times in a row (\(lastError)); tried again after \(openUntil.toTheSecond)"
    }

    /// Whether that changed what a reader sees: it opened or closed.
    mutating func note(failure: String?, at now: Timestamp) -> Bool {
        guard let failure else {
            let wasOpen = !isClosed
            self = Circuit()
            return wasOpen
        }
        failures += 1
        lastError = String(failure.prefix(200))
        triedAt = nil
        guard failures >= Self.threshold, openUntil.map({ now >= $0 }) ?? true else { return false }
        wait = wait == 0 ? Self.firstWait : min(wait * 2, Self.longestWait)
        openedAt = openedAt ?? now
        openUntil = now + .seconds(wait)
        return true
    }
}
