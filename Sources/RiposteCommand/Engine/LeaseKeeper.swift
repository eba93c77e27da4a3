import Logging
import Riposte
import ServiceLifecycle

/// Keeps the store's lease while the engine runs. Losing it ends the process: another one has taken over.
struct LeaseKeeper: Service {
    static let length: Duration = .seconds(10)

    let store: any IncidentStore
    let responder: IncidentResponder
    let clock: any WallClock
    let role: LeaseHolder.Role

    /// Takes the lease, from a holder that is gone too: it cannot come back, so there is no need to wait.
    ///
    /// - Throws: ``HeldByAnother`` where somebody else has it, and may be alive.
    static func acquire(_ store: any IncidentStore, as role: LeaseHolder.Role, clock: any WallClock) async throws -> Fence {
        let holder = "\(LeaseHolder.current(role))"
        try await letRenew(store, clock)
        // Each of several processes may find the same holder gone. Only the first to give its lease back ends that one.
        for _ in 0..<8 {
            let now = clock.now()
            if let fence = try await store.acquireLease(holder: holder, until: now + length, now: now) { return fence }
            guard let lease = try await store.lease() else { continue }
            let other = LeaseHolder(lease.holder)
            guard other?.isGone == true else { throw HeldByAnother(holder: other) }
            try await store.releaseLease(lease.fence)
        }
        throw HeldByAnother(holder: nil)
    }

    /// A daemon that lives may have been kept from renewing, by a full disk for instance. It does so within 2 s once it can,
    /// and goes on; it would have to end if somebody came before.
    private static func letRenew(_ store: any IncidentStore, _ clock: any WallClock) async throws {
        let end = clock.now() + .seconds(3)
        while clock.now() < end {
            guard let lease = try await store.lease(), lease.until <= clock.now(), let holder = LeaseHolder(lease.holder),
                holder.isOfThisMachine, holder.role == .daemon, !holder.isGone
            else { return }
            try await clock.sleep(until: clock.now() + .milliseconds(50))
        }
    }

    /// Takes the lease, after waiting for a command to be done with it, or for a lease of which nobody here can say
    /// whether its holder lives.
    ///
    /// - Throws: ``HeldByAnother`` at once where a daemon that lives has it, or where it is not free after all.
    static func acquireWaiting(_ store: any IncidentStore, logger: Logger, clock: any WallClock) async throws -> Fence {
        let deadline = clock.now() + length + .seconds(5)
        let first = try await store.lease()
        var hasSaid = false
        while true {
            do { return try await acquire(store, as: .daemon, clock: clock) } catch let held as HeldByAnother {
                if held.isDaemonOfThisMachine { throw held }
                if clock.now() >= deadline {
                    // Nobody who lives has renewed it, and nobody takes it for so long: the clock was set back since.
                    guard let lease = try await store.lease(), lease == first, lease.until > clock.now() + length else { throw held }
                    try await store.releaseLease(lease.fence)
                }
                if !hasSaid { logger.notice("\(held); waiting for it, at most \(DurationText.format(length + .seconds(5)))") }
                hasSaid = true
            }
            try await clock.sleep(until: clock.now() + .milliseconds(100))
        }
    }

    /// Carries out `body` while the lease is kept, and gives it back.
    static func holding<Value>(
        _ fence: Fence, _ store: any IncidentStore, _ responder: IncidentResponder, clock: any WallClock, _ body: () async throws -> Value
    ) async throws -> Value {
        responder.writes(with: fence)
        let keeper = LeaseKeeper(store: store, responder: responder, clock: clock, role: .command)
        let renewal = Task { try await keeper.renew() }
        defer { renewal.cancel() }
        do {
            let value = try await body()
            try await store.releaseLease(fence)
            return value
        } catch {
            try? await store.releaseLease(fence)  // the first error is the one to tell
            throw error
        }
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await renew() }
    }

    private func renew() async throws {
        let holder = "\(LeaseHolder.current(role))"
        var complaint = Complaint()
        while true {
            do { try await clock.sleep(until: clock.now() + .seconds(2)) } catch { return }
            let now = clock.now()
            guard let fence = try await renewed(holder, now, &complaint) else {
                throw HeldByAnother(holder: try await store.lease().flatMap { LeaseHolder($0.holder) })
            }
            // A new fence: another engine had the store meanwhile, and what it wrote is not in this one's memory.
            guard fence == responder.fence else {
                try await store.releaseLease(fence)
                throw LeaseWasLost()
            }
        }
    }

    /// A store that cannot be written for a moment loses no lease by it.
    private func renewed(_ holder: String, _ now: Timestamp, _ complaint: inout Complaint) async throws -> Fence? {
        do {
            return try await store.acquireLease(holder: holder, until: now + Self.length, now: now)
        } catch let error as StoreError where error.mayPass {
            if complaint.isNews("\(error)", at: now) { responder.logger.error("the lease was not renewed: \(error)") }
            return responder.fence
        }
    }
}

/// Another engine had the store for a while.
struct LeaseWasLost: Error, CustomStringConvertible {
    var description: String {
        "this process stood still for so long that another one took the store over for a while; start it again to go on"
    }
}

/// Another process has the store.
struct HeldByAnother: Error, CustomStringConvertible {
    /// `nil` = nobody knows who.
    var holder: LeaseHolder?
    var isDaemonOfThisMachine: Bool {
        guard let holder, holder.role == .daemon else { return false }
        return holder.isOfThisMachine
    }
    var description: String { "the store is held by \(holder?.name ?? "another process"); one engine works on a store at a time" }
}
