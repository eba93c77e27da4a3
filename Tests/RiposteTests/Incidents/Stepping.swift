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
