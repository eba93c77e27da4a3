public import Riposte
internal import Synchronization

/// An enforcer that holds decisions in memory, and remembers every call.
public final class RecordingEnforcer: Enforcer {
    public enum Call: Sendable, Hashable {
        case apply([Decision], lifting: [Decision])
        case reconcile([Decision])
    }

    private struct State {
        var inForce: [Target: Decision] = [:]
        var calls: [Call] = []
        var failure: EnforcementError?
    }

    public let name: String
    private let state = Mutex(State())

    public init(name: String = "recording") { self.name = name }

    /// What it holds now, by target.
    public var inForce: [Decision] { state.withLock { $0.inForce.values.sorted { $0.target < $1.target } } }
    public var calls: [Call] { state.withLock { $0.calls } }

    /// Every call throws `failure` and changes nothing, until told `nil`.
    public func failing(_ failure: EnforcementError?) { state.withLock { $0.failure = failure } }

    public func apply(_ decisions: [Decision], lifting lifted: [Decision]) async throws {
        try state.withLock { state in
            state.calls.append(.apply(decisions, lifting: lifted))
            if let failure = state.failure { throw failure }
            for decision in lifted { state.inForce[decision.target] = nil }
            for decision in decisions { state.inForce[decision.target] = decision }
        }
    }

    public func reconcile(_ decisions: [Decision]) async throws {
        try state.withLock { state in
            state.calls.append(.reconcile(decisions))
            if let failure = state.failure { throw failure }
            state.inForce = Dictionary(decisions.map { ($0.target, $0) }) { _, last in last }
        }
    }
}
