internal import Synchronization

/// The registered actions, shared by everything that runs them; grows at any time.
final class ActionDirectory: Sendable {
    private let state: Mutex<ActionRegistry>

    init(_ registry: ActionRegistry) { state = Mutex(registry) }

    var registry: ActionRegistry { state.withLock { $0 } }
    subscript(name: ActionName) -> RegisteredAction? { registry[name] }

    func register(_ action: RegisteredAction) throws {
        var result: Result<Void, any Error> = .success(())
        state.withLock { registry in result = Result { try registry.register(action) } }
        try result.get()
    }
}

/// The fence this engine writes with, where it holds a lease.
final class FenceHolder: Sendable {
    private let state = Mutex<Fence?>(nil)
    var current: Fence? { state.withLock { $0 } }
    func set(_ fence: Fence?) { state.withLock { $0 = fence } }
}

/// Results of attempts that had been given up, until they are written down.
final class LateResults: Sendable {
    private let state = Mutex<[(RunID, StepPath, StepOutcome)]>([])

    func add(_ run: RunID, _ path: StepPath, _ outcome: StepOutcome) { state.withLock { $0.append((run, path, outcome)) } }

    func take() -> [(RunID, StepPath, StepOutcome)] {
        state.withLock { results in
            defer { results = [] }
            return results
        }
    }
}
