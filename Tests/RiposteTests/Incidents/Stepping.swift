import Riposte
import RiposteTesting

/// Calls `step` before and after each call of the enforcer behind it.
struct SteppingEnforcer: Enforcer {
    let base: RecordingEnforcer
    let step: @Sendable () throws -> Void

    var name: EnforcerName { base.name }

    func apply(_ decisions: [Decision], lifting lifted: [DecisionKey]) async throws {
        try step()
        try await base.apply(decisions, lifting: lifted)
        try step()
    }

    func compare(_ decisions: [Decision]) async throws -> EnforcementDrift { try await base.compare(decisions) }

    func reconcile(_ decisions: [Decision]) async throws -> EnforcementDrift {
        try step()
        let drift = try await base.reconcile(decisions)
        try step()
        return drift
    }

    func remove() async throws -> Bool { try await base.remove() }
}

/// Calls `step` before and after each change that the directory behind it makes.
struct SteppingDirectory: AccountDirectory {
    let base: InMemoryAccountDirectory
    let step: @Sendable () throws -> Void

    var name: DirectoryName { base.name }
    var restrictions: Set<AccountRestriction> { base.restrictions }

    func standing(of user: String, _ restriction: AccountRestriction) async throws -> AccountStanding {
        base.standing(of: user, restriction)
    }

    func restrict(_ order: AccountOrder) async throws -> AccountChange {
        try step()
        let change = base.restrict(order)
        try step()
        return change
    }

    func lift(_ order: AccountOrder) async throws -> AccountChange {
        try step()
        let change = base.lift(order)
        try step()
        return change
    }
}

/// Calls `step` before and after each delivery of the channel behind it.
struct SteppingChannel: NotificationChannel {
    let base: RecordingChannel
    let step: @Sendable () throws -> Void

    var name: ChannelName { base.name }
    var follows: Set<Notification.Kind> { base.follows }

    func deliver(_ notification: Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        do { try step() } catch { throw DeliveryFailure(.unknown, "\(error)") }
        let receipt = try await base.deliver(notification)
        do { try step() } catch { throw DeliveryFailure(.unknown, "\(error)") }
        return receipt
    }
}
