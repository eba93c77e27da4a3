internal import Synchronization

/// Lets one caller at a time in for each key, in the order they came.
final class KeyedGate<Key: Hashable & Sendable>: Sendable {
    /// A key is there while someone is inside; its list is who waits.
    private let waiting = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    init() {}

    /// Runs `body` alone among the callers of the same key. Not cancelled while waiting: who is inside is bounded by
    /// a timeout of its own.
    func withLock<Result>(_ key: Key, _ body: () async throws -> Result) async rethrows -> Result {
        await enter(key)
        defer { leave(key) }
        return try await body()
    }

    private func enter(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let goesIn = waiting.withLock { waiting in
                guard waiting[key] != nil else {
                    waiting[key] = []
                    return true
                }
                waiting[key]?.append(continuation)
                return false
            }
            if goesIn { continuation.resume() }
        }
    }

    private func leave(_ key: Key) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard var queue = waiting[key], !queue.isEmpty else {
                waiting[key] = nil
                return nil
            }
            let first = queue.removeFirst()
            waiting[key] = queue
            return first
        }
        next?.resume()
    }
}
