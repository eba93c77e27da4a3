internal import Synchronization

/// The decisions in force, merged from effects, in memory; the effects in the store are the truth it is rebuilt from.
/// Enforcers are told of every change before it counts as done.
public final class DecisionBoard: DecisionLedger {
    private let claims = DecisionClaims()
    private let queues: [EnforcementQueue]
    private let protected: ProtectedTargets
    /// Asked before anything is published, once a responder has brought one.
    private let rules = Mutex<Guard?>(nil)
    private let clock: any WallClock

    /// - Parameter clock: tells enforcers what has run out.
    public init(
        enforcers: [any Enforcer] = [], protected: ProtectedTargets = ProtectedTargets(), clock: any WallClock = SystemClock()
    ) {
        queues = enforcers.map { [claims] in EnforcementQueue($0, claims: claims, clock: clock) }
        self.protected = protected
        self.clock = clock
    }

    /// What is in force, as of now.
    public var snapshot: DecisionSnapshot { claims.snapshot }

    /// Returns when `isSo` of what is in force, which is asked now and after each change, or the task is cancelled.
    func wait(until isSo: @Sendable (DecisionSnapshot) -> Bool) async { await claims.wait(until: isSo) }

    /// How each enforcer fares.
    public var enforcers: [EnforcerStatus] { queues.map(\.status) }

    func obey(_ guard: Guard) { rules.withLock { $0 = `guard` } }

    private func publicationRefusal(of effect: Effect) -> String? {
        protected.refusal(for: effect.target)
            ?? rules.withLock { $0 }?.publicationRefusal(effect.kind, effect.target, at: clock.now())
    }

    public func claim(_ effect: Effect) async throws -> Bool {
        if let refusal = publicationRefusal(of: effect) { throw EnforcementError(refusal, kind: .permanent) }
        return try await claims.settling(effect.decisionKey) { try await publish(effect) }
    }

    private func publish(_ effect: Effect) async throws -> Bool {
        let (before, after) = claims.add(effect)
        do {
            // Told even where nothing changed: after a restart the enforcer may not have it although we do.
            for queue in concerned(by: effect) { try await queue.settle(effect.decisionKey) }
        } catch {
            _ = claims.remove(effect)
            // One enforcer could not and others may have. What fails here is found by the next comparison.
            for queue in concerned(by: effect) { try? await queue.settle(effect.decisionKey) }
            throw error
        }
        return before == nil || before?.until != after?.until || before?.terms != after?.terms || before?.since != after?.since
    }

    public func release(_ effect: Effect) async throws -> Bool {
        try await claims.settling(effect.decisionKey) { try await withdraw(effect) }
    }

    private func withdraw(_ effect: Effect) async throws -> Bool {
        let (before, after) = claims.remove(effect)
        guard let before else { return false }
        do {
            for queue in concerned(by: effect) { try await queue.settle(effect.decisionKey) }
        } catch {
            _ = claims.add(effect)  // not lifted out there, so it still counts here: its undo is tried again
            throw error
        }
        return after?.until != before.until || after?.terms != before.terms
    }

    public func holds(_ effect: Effect) async -> Bool { claims.holds(effect) }

    public func claims(on key: DecisionKey) async -> [Effect] { claims.effects(key) }

    /// Enforcers carry out what is decided of addresses.
    private func concerned(by effect: Effect) -> [EnforcementQueue] { effect.target.kind == .address ? queues : [] }

    public func probe(_ effect: Effect) async throws -> Probe {
        guard claims.holds(effect) else { return .absent }
        for queue in concerned(by: effect) where try await !queue.holds(effect.decisionKey) { return .absent }
        return .inForce
    }

    /// Puts back what the store says is in force, at start, before anything else asks. The enforcers are told by
    /// ``reconcile()``.
    public func restore(_ effects: [Effect]) {
        let (rules, now) = (rules.withLock { $0 }, clock.now())
        claims.add(
            effects.filter { effect in
                effect.kind.isDecision && protected.refusal(for: effect.target) == nil
                    && rules?.refusal(for: effect.target, at: now) == nil
            })
    }

    /// Compares every enforcer for which that is due with what should hold, and puts right what is off. A failure shows in
    /// ``enforcers``, and is tried again when this is next called.
    public func reconcile() async {
        let due = queues.filter { $0.status.isDue(at: clock.now()) }
        await withDiscardingTaskGroup { group in
            for queue in due { group.addTask { _ = try? await queue.reconcile() } }
        }
    }
}
