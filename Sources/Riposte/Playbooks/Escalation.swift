/// How long each answer to one target lasts: the first, the second, the third … and the last for all that follow.
public struct Escalation: Sendable, Hashable {
    /// At least one; never shorter than the one before.
    public var durations: [Duration]

    /// - Parameter durations: at least one, none shorter than the one before; the linter says so of a playbook.
    public init(_ durations: [Duration]) { self.durations = durations }

    /// How far back an answer counts.
    public static let lookBack: Duration = .hours(24 * 30)

    /// The parameters it takes the place of.
    static let replaces = ["duration", "duration_minutes", "permanent"]

    /// How long the answer number `number`, from 1, lasts.
    public func duration(of number: Int) -> Duration? { durations.element(at: min(max(number, 1), durations.count) - 1) }

    /// Whether `effect`, of the same action on the same target, is an earlier answer: it was in force, was no mistake, and is
    /// not the one that this incident has in force now, which goes on rather than being repeated.
    static func counts(_ effect: Effect, for incident: IncidentID, at now: Timestamp) -> Bool {
        guard effect.activeSince != nil, effect.state != .superseded, effect.isFalsePositive != true else { return false }
        return effect.incidentID != incident || effect.state != .active || (effect.expiresAt.map { $0 <= now } ?? false)
    }

    /// `60m, 4h, 24h`.
    var text: String { durations.map(DurationText.format).joined(separator: ", ") }
}
