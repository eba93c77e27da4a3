internal import Logging
internal import Synchronization

extension IncidentResponder {
    /// Compares each enforcer for which that is due with what should hold, puts right what is off, and says in the log what
    /// has become of each. An engine that has lost the store leaves them alone: another one tells them now.
    func reconcileEnforcers() async throws {
        if let fence = engine.fence.current, try await store.lease()?.fence != fence { return }
        await decisions.reconcile()
        for status in decisions.enforcers { report(status) }
    }

    private func report(_ status: EnforcerStatus) {
        let known = state.withLock { $0.reported.updateValue(status, forKey: status.name) }
        let metadata: Logger.Metadata = ["enforcer": "\(status.name)", "decisions": "\(status.decisions)"]
        if let reason = status.reason {
            guard known?.reason != reason else { return }
            logger.log(level: reason.isBlocking ? .error : .warning, "\(reason.message)", metadata: metadata)
        } else if known?.state == .failing {
            logger.notice("decisions are carried out again", metadata: metadata)
        }
    }
}
