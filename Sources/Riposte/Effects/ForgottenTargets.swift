internal import Synchronization

/// Targets that a person has let go or whose time is over, until the detectors have been told. Where nobody tells them, as in
/// a server that has detectors of its own, the oldest are dropped.
package final class ForgottenTargets: Sendable {
    private static let capacity = 65_536
    private let state = Mutex<[(Target, Timestamp)]>([])

    package init() {}

    package func add(_ target: Target, at time: Timestamp) {
        state.withLock { targets in
            targets.append((target, time))
            if targets.count > 2 * Self.capacity { targets.removeFirst(Self.capacity) }
        }
    }

    package func take() -> [(target: Target, time: Timestamp)] {
        state.withLock { targets in
            defer { targets = [] }
            return targets.map { (target: $0.0, time: $0.1) }
        }
    }
}
