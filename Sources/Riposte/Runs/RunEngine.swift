internal import Logging

/// What driving a run needs, handed to each ``RunDriver``.
struct RunEngine: Sendable {
    let store: any IncidentStore
    let clock: any WallClock
    /// Measures how long an attempt takes; not the wall clock, which may be set.
    let timeoutClock: any Clock<Duration>
    let ledger: EffectLedger
    let book: IncidentBook
    let `guard`: Guard
    let desk: ApprovalDesk
    let shadows: ShadowBook
    let approvals: ApprovalSettings
    /// Through which channels people can be asked.
    let channels: [ChannelName]
    /// One at a time for each action and target, over all runs.
    let gate: KeyedGate<GateKey>
    let actions: ActionDirectory
    let fence: FenceHolder
    let late: LateResults
    let undone: UndoneRuns
    let logger: Logger

    func commit(_ batch: WriteBatch) async throws {
        guard !batch.isEmpty else { return }
        try await store.commit(batch, fence: fence.current)
    }
}

/// What is done by one at a time.
struct GateKey: Hashable, Sendable {
    var action: ActionName
    var target: Target
}

/// Nothing is touched now: the run goes on when that is over.
struct PausedRun: Error, Sendable {}

/// A run that has nothing to do until then.
struct WaitingRun: Error, Sendable {
    var until: Timestamp
}

/// A run that cannot go on until an action of this name is registered.
struct ParkedRun: Error, Sendable {
    var action: ActionName
}
