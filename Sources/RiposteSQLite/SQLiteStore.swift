internal import GRDB
public import Logging
public import Riposte
internal import Synchronization

/// The default store: one SQLite file, nothing else to install.
///
/// A commit returns after the file system has confirmed it (WAL journal, `synchronous=FULL`; the store refuses to open
/// where it cannot have both). Commits that arrive while one is being written share the next transaction, each as a
/// unit of its own. Several processes may use one file: each sees what the others wrote, and a writer waits for another
/// one's transaction for as long as `busyTimeout`.
///
/// After a full disk, a read-only file system or an I/O error the failed commits have thrown `.cannotWrite`, and the
/// store goes on by itself when the cause is gone. Reads throw `CancellationError` in a cancelled task; a commit is
/// carried out, whatever becomes of its task.
public final class SQLiteStore: IncidentStore {
    /// The file, as an absolute path.
    public let path: String
    let pool: DatabasePool
    private let watcher: DatabaseQueue
    private let writer: GroupWriter
    private let gate = ReadGate()
    private let logger: Logger

    private init(_ database: OpenedDatabase, logger: Logger) {
        path = database.file.path
        pool = database.pool
        watcher = database.watcher
        writer = GroupWriter(pool: database.pool, file: database.file, logger: logger)
        self.logger = logger
    }

    /// Opens the store in the file at `path`, and creates it (readable by its owner alone) where there is none.
    ///
    /// - Parameter busyTimeout: how long a write waits for another process before it throws `.busy`.
    /// - Throws: `StoreError`: `.cannotOpen`, `.tooNew`, `.corrupt` or `.busy`, with a sentence that says what to do.
    public static func open(
        path: String, busyTimeout: Duration = .seconds(10), logger: Logger = Logger(label: "riposte.store")
    ) async throws -> SQLiteStore {
        let database = try await OpenedDatabase.open(path: path, busyTimeout: busyTimeout)
        logger.debug("store opened", metadata: ["path": "\(database.file.path)"])
        return SQLiteStore(database, logger: logger)
    }

    /// Writes what is waiting, copies everything from the WAL into the file and closes it. Commits that come later throw
    /// `.cannotWrite`, reads `.cannotRead`. Calling it again does nothing.
    public func close() async throws {
        guard await writer.close() else { return }
        await gate.close()
        do {
            // Without giving the WAL's room back: on a disk that is full by then nobody could write it, nor open it to look.
            // What cannot be copied now stays in the WAL.
            _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
            try watcher.close()
            try pool.close()
        } catch {
            throw StoreError(sqlite: error, path: path, doing: .write)
        }
        logger.debug("store closed", metadata: ["path": "\(path)"])
    }

    /// What the writer has done since the store was opened.
    public var statistics: Statistics { writer.statistics }

    public func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        guard !batch.isEmpty || fence != nil else { return }
        let prepared = try PreparedBatch(batch)
        _ = try await writer.write(fence: fence) { database in
            try prepared.write(to: database)
            return nil
        }
    }

    public func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence? {
        try await writer.write { try LeaseTable.acquire(holder: holder, until: until, now: now, in: $0) }
    }

    public func releaseLease(_ fence: Fence) async throws {
        _ = try await writer.write { database in
            try LeaseTable.release(fence, in: database)
            return nil
        }
    }

    public func lease() async throws -> Lease? { try await read { try LeaseTable.current(in: $0) } }

    /// SQLite's `data_version`, asked on a connection that never writes: it changes with every commit of another
    /// process, and with this object's own.
    public func changeMarker() async throws -> Int64 {
        try await reading { try await watcher.read { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 } }
    }

    /// Runs on one of the reading connections, which sees everything that has been committed, by whichever process.
    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
        try await reading { try await pool.read(body) }
    }

    private func reading<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await gate.pass {
                do { return try await body() } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                    pool.releaseMemoryEventually()  // what it has seen is read again when it is mended
                    throw error
                }
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StoreError(sqlite: error, path: path, doing: .read)
        }
    }
}

extension SQLiteStore {
    /// What the writer has done.
    public struct Statistics: Sendable, Hashable {
        /// Batches (and changes of the lease) that were written.
        public var batches = 0
        /// Transactions that they shared.
        public var transactions = 0
        /// The most batches in one transaction.
        public var largestGroup = 0
        /// Batches that failed for a reason of their own: a conflict, a lost lease.
        public var rejected = 0
        /// Batches that failed because the file could not be written.
        public var failed = 0
        /// Batches that are waiting or being written now.
        public var pending = 0
        /// Batches that were turned away because too many were waiting.
        public var turnedAway = 0
    }
}
