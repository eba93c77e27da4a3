internal import Riposte

/// Reads one source with blocking calls; lives on one thread and needs no lock.
protocol ChunkProducer: AnyObject, SendableMetatype {
    /// Blocks until there is a chunk; `nil` at the end of the source.
    ///
    /// - Throws: `CancellationError` once its ``WakeUp`` was signalled.
    func next() throws -> SourceChunk?
}

/// Runs what `make` makes on a thread of its own and hands on its chunks one by one, until it ends or the task is
/// cancelled.
func deliverChunks<Producer: ChunkProducer>(
    of make: @escaping @Sendable (WakeUp) throws -> Producer, to deliver: (consuming SourceChunk) async throws -> Void
) async throws {
    let wakeUp = try WakeUp()
    let thread = try ConfinedThread.start { try make(wakeUp) }
    defer { thread.stop() }
    try await withTaskCancellationHandler {
        while let chunk = try await thread.perform({ try $0.next() }) {
            try await deliver(chunk)
            try Task.checkCancellation()
        }
    } onCancel: {
        wakeUp.signal()
    }
}
