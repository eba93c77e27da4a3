internal import Synchronization

/// One enforcer's calls, one at a time. Whatever waits when it is free is handed over together, as it stands *then*: of two
/// changes to one target the later one counts, in whichever order they arrive.
final class EnforcementQueue: Sendable {
    /// More changes than this do not go into one call.
    static let batchLimit = 1000

    private enum Job: Sendable {
        case settle(DecisionKey, CheckedContinuation<Void, any Error>)
        case reconcile(CheckedContinuation<EnforcementDrift, any Error>)
        case compare(DecisionKey, CheckedContinuation<Bool, any Error>)
    }

    private struct State {
        var waiting: [Job] = []
        var isRunning = false
        var status: EnforcerStatus
    }

    let enforcer: any Enforcer
    private let claims: DecisionClaims
    private let clock: any WallClock
    private let state: Mutex<State>

    init(_ enforcer: any Enforcer, claims: DecisionClaims, clock: any WallClock) {
        self.enforcer = enforcer
        self.claims = claims
        self.clock = clock
        state = Mutex(State(status: EnforcerStatus(enforcer.name, at: clock.now())))
    }

    var status: EnforcerStatus { state.withLock(\.status) }

    /// Returns when the enforcer holds of this key what held when this was called, or something newer.
    func settle(_ key: DecisionKey) async throws {
        try await withCheckedThrowingContinuation { add(.settle(key, $0)) }
    }

    /// Makes the enforcer hold everything that holds now; the answer is what was off.
    func reconcile() async throws -> EnforcementDrift {
        try await withCheckedThrowingContinuation { add(.reconcile($0)) }
    }

    /// Whether the enforcer holds of this key what it should. Asks only.
    func holds(_ key: DecisionKey) async throws -> Bool {
        try await withCheckedThrowingContinuation { add(.compare(key, $0)) }
    }

    private func add(_ job: Job) {
        let mustStart = state.withLock { state in
            state.waiting.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        // A task of its own: a caller that is cancelled leaves the others' changes alone.
        if mustStart { Task { await drain() } }
    }

    private func drain() async {
        while let jobs = next() {
            switch jobs {
            case .changes(let changes): await settle(changes[...])
            case .whole(let continuation): continuation.resume(with: await whole())
            case .question(let key, let continuation): continuation.resume(with: await compare(key))
            }
        }
    }

    private typealias Change = (key: DecisionKey, continuation: CheckedContinuation<Void, any Error>)
    private enum Work {
        case changes([Change])
        case whole(CheckedContinuation<EnforcementDrift, any Error>)
        case question(DecisionKey, CheckedContinuation<Bool, any Error>)
    }

    /// The changes up to the next comparison, or that one; `nil` when nothing waits.
    private func next() -> Work? {
        state.withLock { state in
            var changes: [Change] = []
            for job in state.waiting.prefix(Self.batchLimit) {
                guard case .settle(let key, let continuation) = job else { break }
                changes.append((key, continuation))
            }
            if !changes.isEmpty {
                state.waiting.removeFirst(changes.count)
                return .changes(changes)
            }
            guard let job = state.waiting.first else {
                state.isRunning = false
                return nil
            }
            state.waiting.removeFirst()
            switch job {
            case .reconcile(let continuation): return .whole(continuation)
            case .compare(let key, let continuation): return .question(key, continuation)
            case .settle(let key, let continuation): return .changes([(key, continuation)])
            }
        }
    }

    /// Hands changes over. Where that fails the enforcer may hold something else than we think, after somebody has emptied
    /// it for instance: it is made to hold everything, these among it, rather than leave them to the next comparison.
    private func settle(_ changes: ArraySlice<Change>) async {
        do {
            try await apply(Set(changes.map(\.key)))
            for change in changes { change.continuation.resume() }
        } catch {
            if (error as? any ClassifiedError)?.kind != .permanent, case .success = await whole() {
                for change in changes { change.continuation.resume() }
            } else {
                await settleInHalves(changes, after: error)
            }
        }
    }

    /// Each half alone, so that one that cannot be carried out takes no other with it.
    private func settleInHalves(_ changes: ArraySlice<Change>, after error: any Error) async {
        guard changes.count > 1 else {
            state.withLock { $0.status.failed("\(error)", at: clock.now()) }
            for change in changes { change.continuation.resume(throwing: error) }
            return
        }
        let middle = changes.startIndex + changes.count / 2
        for half in [changes[..<middle], changes[middle...]] {
            do {
                try await apply(Set(half.map(\.key)))
                for change in half { change.continuation.resume() }
            } catch { await settleInHalves(half, after: error) }
        }
    }

    private func apply(_ keys: Set<DecisionKey>) async throws { try await apply(keys, of: claims.decisions(keys)) }

    private func apply(_ keys: Set<DecisionKey>, of decisions: [Decision]) async throws {
        let now = clock.now()
        let decisions = decisions.filter { keys.contains($0.key) && $0.isInForce(at: now) }
        let lifted = keys.subtracting(decisions.map(\.key))
        try await enforcer.apply(decisions.sorted { $0.key < $1.key }, lifting: lifted.sorted())
    }

    private func compare(_ key: DecisionKey) async -> Result<Bool, any Error> {
        let now = clock.now()
        let wanted = claims.decisions([key]).filter { $0.isInForce(at: now) }
        do {
            let drift = try await enforcer.compare(wanted)
            // What else it holds is not asked about.
            return .success(!wanted.isEmpty && drift.missing == 0 && drift.wrongEnd == 0 && drift.structure.isEmpty)
        } catch {
            return .failure(error)
        }
    }

    private func whole() async -> Result<EnforcementDrift, any Error> {
        let (all, unsettled) = claims.whole
        // Changes that wait for their turn are no drift. Where they cannot be made, what is off shows below.
        if !unsettled.isEmpty { try? await apply(unsettled, of: all) }
        let now = clock.now()
        let decisions = all.filter { $0.target.kind == .address && $0.isInForce(at: now) }
        do {
            let drift = try await enforcer.reconcile(decisions)
            state.withLock { $0.status.reconciled(drift, decisions: decisions.count, at: clock.now()) }
            return .success(drift)
        } catch {
            state.withLock { $0.status.failed("\(error)", at: clock.now()) }
            return .failure(error)
        }
    }
}
