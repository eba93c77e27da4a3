internal import Dispatch
internal import GRDB
internal import Logging
internal import Riposte
internal import Synchronization

/// The one writer of a store: whatever is waiting when it is free is written as one transaction.
///
/// It runs on a queue of its own and calls GRDB's synchronous interface, because GRDB rolls back what a cancelled task
/// writes. A caller's continuation is resumed after COMMIT has returned.
final class GroupWriter: Sendable {
    /// More batches than this are not taken into one transaction, so that a flood does not starve its first caller.
    static let groupLimit = 1000
    /// More batches than this do not wait: the disk does not keep up, and memory is not the place to hide it.
    static let queueLimit = 20_000

    /// One unit to write; a change of the lease answers with its fence.
    typealias Work = @Sendable (Database) throws -> Fence?

    private struct Job {
        /// Must hold the lease; `nil` for a change of the lease too.
        var fence: Fence?
        var work: Work
        var continuation: CheckedContinuation<Fence?, any Error>
    }

    private struct State {
        var waiting: [Job] = []
        var isRunning = false
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
        var statistics = SQLiteStore.Statistics()
    }

    private let pool: DatabasePool
    private let file: DatabaseFile
    private let logger: Logger
    private let queue = DispatchQueue(label: "riposte.store.writer", qos: .userInitiated)
    private let state = Mutex(State())

    init(pool: DatabasePool, file: DatabaseFile, logger: Logger) {
        self.pool = pool
        self.file = file
        self.logger = logger
    }

    var statistics: SQLiteStore.Statistics { state.withLock { $0.statistics } }

    /// Writes one unit, and returns when it is on disk. Cancellation of the task does not reach it.
    ///
    /// - Parameter fence: whoever holds the lease must hold it with this one.
    func write(fence: Fence? = nil, _ work: @escaping Work) async throws -> Fence? {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(Job(fence: fence, work: work, continuation: continuation))
        }
    }

    /// Lets what is waiting be written, and takes nothing more. `false` where it was closed already.
    func close() async -> Bool {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isRunning { state.closers.append(continuation) }
                return !state.isRunning
            }
            if isIdle { continuation.resume() }
        }
        return isFirst
    }

    private func enqueue(_ job: Job) {
        let (refusal, mustStart) = state.withLock { state -> (StoreError?, Bool) in
            if state.isClosed { return (.closed(.cannotWrite), false) }
            guard state.waiting.count < Self.queueLimit else {
                state.statistics.turnedAway += 1
                return (.queueFull(file.path, limit: Self.queueLimit), false)
            }
            state.waiting.append(job)
            state.statistics.pending += 1
            defer { state.isRunning = true }
            return (nil, !state.isRunning)
        }
        if let refusal { return job.continuation.resume(throwing: refusal) }
        if mustStart { queue.async { self.drain() } }
    }

    private func drain() {
        while let group = nextGroup() {
            let results = write(group)
            state.withLock { $0.statistics.pending -= group.count }
            for (job, result) in zip(group, results) { job.continuation.resume(with: result) }
        }
    }

    /// `nil` when nothing waits; whoever comes later starts the writer again.
    private func nextGroup() -> [Job]? {
        let (group, closers) = state.withLock { state -> ([Job]?, [CheckedContinuation<Void, Never>]) in
            guard !state.waiting.isEmpty else {
                state.isRunning = false
                defer { state.closers = [] }
                return (nil, state.closers)
            }
            let group = Array(state.waiting.prefix(Self.groupLimit))
            state.waiting.removeFirst(group.count)
            return (group, [])
        }
        for closer in closers { closer.resume() }
        return group
    }

    private func write(_ group: [Job]) -> [Result<Fence?, any Error>] {
        var results: [Result<Fence?, any Error>] = []
        do {
            try file.checkIsStillThere()
            try pool.writeWithoutTransaction { database in
                // Left open only where the last ROLLBACK failed too.
                if database.isInsideTransaction { try database.rollback() }
                if let fences = try together(group, in: database) {
                    results = fences.map(Result.success)
                } else {
                    try eachForItself(group, in: database, &results)
                }
            }
            count(results)
            return results
        } catch {
            let error = StoreError(sqlite: error, path: file.path, doing: .write)
            if error.code == .corrupt { pool.releaseMemory() }  // the pages it has seen are read again when they are mended
            return fail(group, results, with: error)
        }
    }

    /// Writes the group as one unit: mostly nothing is wrong with any of them, and a savepoint costs as much as its rows.
    /// `nil` where something was wrong with one; nothing is written then.
    private func together(_ group: [Job], in database: Database) throws -> [Fence?]? {
        var fences: [Fence?] = []
        var checked: Fence?
        try database.inTransaction(.immediate) {
            do {
                for job in group {
                    if let fence = job.fence, fence != checked { try LeaseTable.check(fence, in: database) }
                    checked = job.fence
                    fences.append(try job.work(database))
                }
                return .commit
            } catch  where isOfOneUnit(error) { return .rollback }
        }
        return fences.count == group.count ? fences : nil
    }

    private func eachForItself(_ group: [Job], in database: Database, _ results: inout [Result<Fence?, any Error>]) throws {
        try database.inTransaction(.immediate) {
            for job in group { results.append(try attempt(job, in: database)) }
            return results.contains(where: \.isSuccess) ? .commit : .rollback
        }
    }

    /// Writes one unit inside the group's transaction. What is wrong with this unit alone is its result; what is wrong
    /// with the file is thrown, and ends the group.
    private func attempt(_ job: Job, in database: Database) throws -> Result<Fence?, any Error> {
        do {
            var fence: Fence?
            try database.inSavepoint {
                if let fence = job.fence { try LeaseTable.check(fence, in: database) }
                fence = try job.work(database)
                return .commit
            }
            return .success(fence)
        } catch  where isOfOneUnit(error) {
            return .failure(StoreError(sqlite: error, path: file.path, doing: .write))
        }
    }

    private func isOfOneUnit(_ error: any Error) -> Bool {
        error is StoreError || (error as? DatabaseError)?.concernsOneUnit ?? false
    }

    private func count(_ results: [Result<Fence?, any Error>]) {
        let written = results.count(where: \.isSuccess)
        state.withLock { state in
            state.statistics.batches += written
            state.statistics.transactions += written > 0 ? 1 : 0
            state.statistics.largestGroup = max(state.statistics.largestGroup, written)
            state.statistics.rejected += results.count - written
        }
    }

    /// Everybody in the group hears why nothing was written; who had failed before keeps the reason.
    private func fail(
        _ group: [Job], _ results: [Result<Fence?, any Error>], with error: StoreError
    ) -> [Result<Fence?, any Error>] {
        logger.debug("store cannot write", metadata: ["path": "\(file.path)", "batches": "\(group.count)", "error": "\(error)"])
        let own = results.count { !$0.isSuccess }
        state.withLock { state in
            state.statistics.rejected += own
            state.statistics.failed += group.count - own
        }
        return group.indices.map { index in
            guard index < results.count, case .failure = results[index] else { return .failure(error) }
            return results[index]
        }
    }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
