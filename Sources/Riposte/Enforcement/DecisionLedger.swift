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
    /// The effects that count for this key now, oldest first.
    func claims(on key: DecisionKey) async -> [Effect]
    /// The same as ``holds(_:)``, and whether whatever carries decisions out holds it too. Reads only. Default: what ``holds(_:)`` says.
    func probe(_ effect: Effect) async throws -> Probe
}

extension DecisionLedger {
    public func probe(_ effect: Effect) async throws -> Probe { await holds(effect) ? .inForce : .absent }
}
