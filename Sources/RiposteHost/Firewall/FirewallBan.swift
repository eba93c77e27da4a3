internal import Riposte

/// One element: a network that is dropped until its time.
struct FirewallBan: Sendable, Hashable {
    var range: AddressRange
    /// `nil` = without end.
    var until: Timestamp?

    var set: FirewallSet { FirewallSet(range) }

    init(_ range: AddressRange, until: Timestamp?) {
        self.range = range
        self.until = until
    }

    /// `nil` for what a firewall does not carry out: throttles, accounts.
    init?(_ decision: Decision) {
        guard decision.type == .ban, case .address(let range) = decision.target else { return nil }
        self.init(range, until: decision.until.flatMap { $0 < Self.tooFar ? $0 : nil })
    }

    /// 2400-01-01: a kernel refuses times of more than 584 years. Riposte lifts it at its end.
    private static let tooFar = Timestamp(seconds: 13_569_465_600)

    /// Whether both end at the same time, but for what rounding, putting and reading take on a busy machine.
    func endsWith(_ other: FirewallBan, within reading: Duration = .zero) -> Bool {
        guard let mine = until, let theirs = other.until else { return until == other.until }
        return max(mine - theirs, theirs - mine) <= Self.slack + reading
    }

    /// Whether it is over, or will be in a moment: the kernel ends it by itself, a little later than it should have.
    func isAboutToEnd(at now: Timestamp) -> Bool { until.map { $0 <= now + Self.slack } ?? false }

    private static let slack = Duration.seconds(15)
}
