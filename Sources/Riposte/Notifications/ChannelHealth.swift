/// How a notification channel fares, since the process started. No I/O: told what came of each delivery.
public struct ChannelHealth: Sendable, Hashable, Codable {
    /// Which channel it is about.
    public var name: ChannelName
    /// How many notifications it has taken.
    public private(set) var delivered = 0
    /// Notifications that nobody will get any more.
    public private(set) var givenUp = 0
    /// Set while deliveries fail.
    public private(set) var failingSince: Timestamp?
    /// What the last failure said.
    public private(set) var error: String?
    /// Until when it is left alone because it fails as a whole; `nil` = it is not.
    public internal(set) var restsUntil: Timestamp?

    /// Creates the health of a channel that has delivered nothing.
    public init(_ name: ChannelName) { self.name = name }

    mutating func delivered(at now: Timestamp) {
        delivered += 1
        failingSince = nil
        error = nil
    }

    mutating func failed(_ why: String, isGivenUp: Bool, at now: Timestamp) {
        if isGivenUp { givenUp += 1 }
        failingSince = failingSince ?? now
        error = why
    }

    mutating func gaveUp() { givenUp += 1 }

    /// Until when it is still left alone; `nil` = it is not, or no longer.
    package func restEnd(at now: Timestamp) -> Timestamp? { restsUntil.flatMap { $0 > now ? $0 : nil } }

    /// Attacks are answered without anybody being told, so it blocks nothing.
    func reason(at now: Timestamp) -> Readiness.Reason? {
        guard let failingSince, let error else { return nil }
        let lost = givenUp > 0 ? " (\(givenUp) given up)" : ""
        let next = restEnd(at: now).map { "; it rests until \($0.toTheSecond)" } ?? ""
        return Readiness.Reason(
            .channel, "people are not told: \(error)\(lost)\(next)", name: name.rawValue, since: failingSince, isBlocking: false)
    }
}
