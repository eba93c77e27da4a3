internal import Synchronization

/// Targets that a person has let go, until the detectors have been told.
package final class ForgottenTargets: Sendable {
    private let state = Mutex<[(Target, Timestamp)]>([])

    package init() {}

    package func add(_ target: Target, at time: Timestamp) { state.withLock { $0.append((target, time)) } }

    package func take() -> [(target: Target, time: Timestamp)] {
        state.withLock { targets in
            defer { targets = [] }
            return targets.map { (target: $0.0, time: $0.1) }
        }
    }
}
