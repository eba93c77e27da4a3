internal import Synchronization

/// The questions that nobody has answered yet, in memory, in step with the store, and which runs wait for each.
final class ApprovalDesk: Sendable {
    private struct State {
        var open: [ApprovalID: Approval] = [:]
        /// Those that further runs may join.
        var joinable: [ApprovalKey: ApprovalID] = [:]
        var waiting: [ApprovalID: Set<RunID>] = [:]
        /// Those that people were told of.
        var announced: Set<ApprovalID> = []
    }

    private let state = Mutex(State())
    /// One answer at a time: whoever comes second finds what the first has said.
    let gate = KeyedGate<ApprovalID>()

    func load(_ approvals: [Approval], waiting runs: [PlaybookRun], at now: Timestamp) {
        state.withLock { state in
            state = State()
            for approval in approvals.sorted(by: { $0.requestedAt < $1.requestedAt }) {
                state.open[approval.id] = approval
                state.announced.insert(approval.id)
                if approval.takesMore(at: now) { state.joinable[approval.key] = approval.id }
            }
            for run in runs {
                if let id = run.waitingFor, state.open[id] != nil { state.waiting[id, default: []].insert(run.id) }
            }
        }
    }

    /// Has a run wait for an answer. The approval is to be written, and people are to be told where they were not yet:
    /// ``announced(_:)`` once that is on disk. A run that asks the same again is not counted again.
    func ask(_ request: ApprovalRequest, at now: Timestamp) -> (approval: Approval, isAnnounced: Bool) {
        state.withLock { state in
            let known = state.joinable[request.key].flatMap { state.open[$0] }
            var approval = known.flatMap { $0.takesMore(at: now) ? $0 : nil } ?? Approval(opening: request, at: now)
            if state.waiting[approval.id, default: []].insert(request.run).inserted {
                approval.join(request)
            } else {
                approval.version += 1
            }
            state.open[approval.id] = approval
            state.joinable[request.key] = approval.id
            return (approval, state.announced.contains(approval.id))
        }
    }

    func announced(_ id: ApprovalID) { state.withLock { state in if state.open[id] != nil { state.announced.insert(id) } } }

    /// What a run waits for, and whether no other does.
    func question(of run: RunID) -> (id: ApprovalID, isLast: Bool)? {
        state.withLock { state in state.waiting.first { $0.value.contains(run) }.map { ($0.key, $0.value.count == 1) } }
    }

    /// The run waits no more.
    func leave(_ run: RunID, _ id: ApprovalID) { state.withLock { _ = $0.waiting[id]?.remove(run) } }

    func isOpen(_ id: ApprovalID) -> Bool { state.withLock { $0.open[id] != nil } }

    /// Takes an approval up to be answered: nobody joins it from now on, unless it is put back.
    func takeUp(_ id: ApprovalID) -> Approval? {
        state.withLock { state in
            guard let approval = state.open[id] else { return nil }
            if state.joinable[approval.key] == id { state.joinable[approval.key] = nil }
            return approval
        }
    }

    /// Takes over an approval as it is on disk. One that is answered is let go of, and the runs that waited for it are the answer.
    func put(_ approval: Approval, at now: Timestamp) -> Set<RunID> {
        state.withLock { state in
            guard approval.state == .pending else {
                state.open[approval.id] = nil
                state.announced.remove(approval.id)
                return state.waiting.removeValue(forKey: approval.id) ?? []
            }
            state.open[approval.id] = approval
            if approval.takesMore(at: now), state.joinable[approval.key] == nil { state.joinable[approval.key] = approval.id }
            return []
        }
    }

    /// Those whose time is over.
    func due(at now: Timestamp) -> [ApprovalID] {
        state.withLock { state in state.open.values.filter { $0.expiresAt <= now }.map(\.id).sorted() }
    }
}
