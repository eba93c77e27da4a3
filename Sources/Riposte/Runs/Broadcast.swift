internal import Synchronization

/// Wakes everybody who waits, as often as something has changed.
final class Broadcast: Sendable {
    private struct State {
        var last: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// To be called after the change.
    func wake() {
        let woken = state.withLock { state in
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns when `isOver` says so, which is asked now and after each change, or when the task is cancelled.
    func wait(until isOver: @Sendable () -> Bool) async {
        while !isOver(), !Task.isCancelled { await waitForChange(unless: isOver) }
    }

    private func waitForChange(unless isOver: @Sendable () -> Bool) async {
        let id = state.withLock { state in
            state.last += 1
            return state.last
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    guard !Task.isCancelled else { return false }
                    state.waiting[id] = continuation
                    return true
                }
                guard isWaiting else { return continuation.resume() }
                // It may have changed before anybody could be woken.
                if isOver() { resume(id) }
            }
        } onCancel: {
            resume(id)
        }
    }

    private func resume(_ id: UInt64) { state.withLock { $0.waiting.removeValue(forKey: id) }?.resume() }
}
