public import Riposte
internal import Synchronization

/// An enforcer that holds decisions in memory, and remembers every call.
public final class RecordingEnforcer: Enforcer {
    public enum Call: Sendable, Hashable {
        case apply([Decision], lifting: [DecisionKey])
        case reconcile([Decision])
        case remove
    }

    private struct State {
        var inForce: [DecisionKey: Decision] = [:]
        var calls: [Call] = []
        var failure: EnforcementError?
        var refused: Set<Target> = []

        func checkRefusals(_ decisions: [Decision]) throws {
            guard let target = decisions.first(where: { refused.contains($0.target) })?.target else { return }
            throw EnforcementError("\(target) cannot be carried out", kind: .permanent)
        }
    }

    public let name: EnforcerName
    private let state = Mutex(State())

    public init(name: EnforcerName = "recording") { self.name = name }

    /// What it holds now, by target.
    public var inForce: [Decision] { state.withLock { $0.inForce.values.sorted { $0.key < $1.key } } }
    public var calls: [Call] { state.withLock { $0.calls } }

    /// Every call throws `failure` and changes nothing, until told `nil`.
    public func failing(_ failure: EnforcementError?) { state.withLock { $0.failure = failure } }

    /// A call that would make a decision on `target` hold throws.
    public func refusing(_ target: Target) { state.withLock { _ = $0.refused.insert(target) } }

    /// Somebody else has changed what holds.
    public func tamper(_ body: (inout [DecisionKey: Decision]) -> Void) { state.withLock { body(&$0.inForce) } }

    public func apply(_ decisions: [Decision], lifting lifted: [DecisionKey]) async throws {
        try state.withLock { state in
            state.calls.append(.apply(decisions, lifting: lifted))
            if let failure = state.failure { throw failure }
            try state.checkRefusals(decisions)
            for key in lifted { state.inForce[key] = nil }
            for decision in decisions { state.inForce[decision.key] = decision }
        }
    }

    public func compare(_ decisions: [Decision]) async throws -> EnforcementDrift {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return Self.drift(from: state.inForce, to: decisions)
        }
    }

    public func reconcile(_ decisions: [Decision]) async throws -> EnforcementDrift {
        try state.withLock { state in
            state.calls.append(.reconcile(decisions))
            if let failure = state.failure { throw failure }
            try state.checkRefusals(decisions)
            defer { state.inForce = Dictionary(decisions.map { ($0.key, $0) }) { _, last in last } }
            return Self.drift(from: state.inForce, to: decisions)
        }
    }

    public func remove() async throws -> Bool {
        try state.withLock { state in
            state.calls.append(.remove)
            if let failure = state.failure { throw failure }
            defer { state.inForce = [:] }
            return !state.inForce.isEmpty
        }
    }

    private static func drift(from inForce: [DecisionKey: Decision], to decisions: [Decision]) -> EnforcementDrift {
        let wanted = Dictionary(decisions.map { ($0.key, $0) }) { _, last in last }
        return EnforcementDrift(
            missing: wanted.keys.count { inForce[$0] == nil }, surplus: inForce.keys.count { wanted[$0] == nil },
            wrongEnd: wanted.values.count { decision in inForce[decision.key].map { $0.until != decision.until } ?? false })
    }
}
