internal import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Requests of one kind, carried out one after the other in the order in which they came. Bounded: who asks for more than that
/// is not answered, and asks again.
final class HelperQueue: Sendable {
    private struct Job: Sendable {
        var request: HelperRequest
        var connection: UnixSocket
    }

    /// One daemon asks for one thing of a kind at a time; the rest is for commands that are given by hand.
    static let limit = 8

    private let jobs: AsyncStream<Job>
    private let arrivals: AsyncStream<Job>.Continuation
    /// Answers wait on it for whoever does not listen, for as long as the connection's limit.
    private let thread: ConfinedThread<Void>

    init() throws {
        (jobs, arrivals) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.limit))
        thread = try ConfinedThread.start {}
    }

    deinit { thread.stop() }

    /// - Returns: whether there was room for it.
    func take(_ request: HelperRequest, from connection: UnixSocket) -> Bool {
        if case .enqueued = arrivals.yield(Job(request: request, connection: connection)) { true } else { false }
    }

    /// Until the task is cancelled. For one caller.
    func serve(_ answer: (HelperRequest) async -> HelperReply, say: (String) -> Void) async {
        for await job in jobs {
            let reply = await answer(job.request)
            do {
                let bytes = Array(try JSONEncoder().encode(reply))
                try await thread.perform { _ in try job.connection.send(bytes) }
            } catch {
                say("\(error)")
            }
        }
    }
}
