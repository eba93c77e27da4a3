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
        if let error = status.error, known?.error != error {
            logger.error("decisions are not carried out: \(error)", metadata: metadata)
        } else if status.state == .enforced, known?.state == .failing {
            logger.notice("decisions are carried out again", metadata: metadata)
        }
        if status.state == .drifted, let drift = status.drift, known?.driftedAt != status.driftedAt {
            logger.warning("what was enforced had drifted, and was put right: \(drift)", metadata: metadata)
        }
    }
}
