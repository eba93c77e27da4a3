import Logging
import Riposte
import ServiceLifecycle

/// Keeps the store's lease while the engine runs. Losing it ends the process: another one has taken over.
struct LeaseKeeper: Service {
    static let length: Duration = .seconds(10)

    let store: any IncidentStore
    let responder: IncidentResponder
    let clock: any WallClock

    /// Takes the lease, from a holder that is gone too.
    ///
    /// - Throws: ``HeldByAnother`` where a living process has it.
    static func acquire(_ store: any IncidentStore, clock: any WallClock) async throws -> Fence {
        let holder = LeaseHolder.current()
        let now = clock.now()
        if let fence = try await store.acquireLease(holder: "\(holder)", until: now + length, now: now) { return fence }
        let other = try await store.lease().flatMap { LeaseHolder($0.holder) }
        // A holder of this machine that runs no more cannot come back: no need to wait for its lease to run out.
        if other?.isGone == true, let fence = try await store.acquireLease(holder: "\(holder)", until: now + length, now: .distantFuture) {
            return fence
        }
        throw HeldByAnother(holder: other?.name ?? "another process")
    }

    func run() async throws {
        let holder = "\(LeaseHolder.current())"
        try await cancelWhenGracefulShutdown {
            while true {
                do { try await clock.sleep(until: clock.now() + .seconds(2)) } catch { return }
                let now = clock.now()
                guard let fence = try await renewed(holder, now) else { throw HeldByAnother(holder: "another process") }
                responder.writes(with: fence)
            }
        }
    }

    /// A store that cannot be written for a moment loses no lease by it.
    private func renewed(_ holder: String, _ now: Timestamp) async throws -> Fence? {
        do {
            return try await store.acquireLease(holder: holder, until: now + Self.length, now: now)
        } catch let error as StoreError where error.code == .cannotWrite || error.code == .busy {
            responder.logger.error("the lease was not renewed: \(error)")
            return responder.fence
        }
    }
}

/// A living process has the store.
struct HeldByAnother: Error, CustomStringConvertible {
    var holder: String
    var description: String { "the store is held by \(holder); one engine works on a store at a time" }
}
