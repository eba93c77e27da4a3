/// Where actions put decisions. One claim an effect: what several effects want of one target is merged, and ends with
/// the last of them.
public protocol DecisionLedger: Sendable {
    /// Makes `effect` count. Tells whether anything changed for enforcement points: not so where another effect
    /// already holds the target at least as long.
    func claim(_ effect: Effect) async throws -> Bool
    /// Makes it count no more. Tells whether the decision itself ended or was shortened.
    func release(_ effect: Effect) async throws -> Bool
    /// Whether `effect` counts now.
    func holds(_ effect: Effect) async -> Bool
}
