public import Riposte
internal import Synchronization

/// The world outside, as a ``WorldAction`` changes it: what it says was done *was* done, whatever the records say.
///
/// Outlives the responder whose actions touch it, as the real one does: a test that "crashes" the engine goes on with the
/// same world.
public final class World: Sendable {
    /// One thing that happened to it.
    public struct Touch: Sendable, Hashable {
        public enum What: String, Sendable, Hashable { case done, takenBack }
        public var what: What
        public var action: ActionName
        public var target: Target?
        /// What the action said its idempotency key was; for one that was taken back, of the step that had done it.
        public var key: String
        /// Whether it changed anything: `false` where it was so already.
        public var hasChanged: Bool
    }

    private struct State {
        var touches: [Touch] = []
        var held: [Target: Set<String>] = [:]
        var failures: [Touch.What: Int] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Everything that happened, in order.
    public var touches: [Touch] { state.withLock { $0.touches } }

    /// The targets that something holds now.
    public var held: Set<Target> { state.withLock { Set($0.held.keys) } }

    /// Makes the next `count` attempts to do, or to take back, fail as a network would.
    public func fail(_ what: Touch.What, times count: Int) { state.withLock { $0.failures[what] = count } }

    /// What `effect` has done is gone, as after somebody else's hand.
    public func forget(_ effect: Effect) {
        state.withLock { state in
            state.held[effect.target]?.remove(effect.id.rawValue)
            if state.held[effect.target]?.isEmpty == true { state.held[effect.target] = nil }
        }
    }

    /// Holds `target` for `owner`. Tells whether it was not so already; throws where told to fail.
    func hold(_ target: Target, owner: String, action: ActionName, key: String) throws -> Bool {
        try change(.done, target, action, key) { $0.insert(owner).inserted }
    }

    /// Lets `owner`'s hold on `target` go.
    func letGo(_ target: Target, owner: String, action: ActionName, key: String) throws -> Bool {
        try change(.takenBack, target, action, key) { $0.remove(owner) != nil }
    }

    func isHeld(_ target: Target, by owner: String) -> Bool { state.withLock { $0.held[target]?.contains(owner) == true } }

    private func change(
        _ what: Touch.What, _ target: Target, _ action: ActionName, _ key: String, _ body: (inout Set<String>) -> Bool
    ) throws -> Bool {
        try state.withLock { state in
            if let left = state.failures[what], left > 0 {
                state.failures[what] = left - 1
                throw WorldFailure()
            }
            var owners = state.held[target] ?? []
            let hasChanged = body(&owners)
            state.held[target] = owners.isEmpty ? nil : owners
            state.touches.append(Touch(what: what, action: action, target: target, key: key, hasChanged: hasChanged))
            return hasChanged
        }
    }
}

/// The world was told to fail.
public struct WorldFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String { "the world was not reachable" }
}
