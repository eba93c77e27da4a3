/// Names one piece of what the guard keeps in the store.
public struct GuardStateName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    static let pauses: GuardStateName = "pauses"
    static let circuits: GuardStateName = "circuits"
    static let modes: GuardStateName = "modes"
    static let shed: GuardStateName = "shed"
    static let refusedRuns: GuardStateName = "refused_runs"
    /// Where the 64 parts of a ``SuccessLedger`` are.
    static func successes(_ part: Int) -> GuardStateName { GuardStateName("successes.\(part)") }
}
