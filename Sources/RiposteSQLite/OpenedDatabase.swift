internal import Dispatch
internal import GRDB
internal import Riposte

/// A database file that is open, checked and migrated.
struct OpenedDatabase: Sendable {
    /// Written into new files, so that another program's database is not taken for one of ours: “RIPS”.
    static let applicationID: Int32 = 0x5249_5053

    let file: DatabaseFile
    let pool: DatabasePool
    /// Never writes, stays open: its `data_version` tells of everybody's commits.
    let watcher: DatabaseQueue

    /// Opens on a thread that may block.
    static func open(path: String, busyTimeout: Duration) async throws -> OpenedDatabase {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try OpenedDatabase(path: path, busyTimeout: busyTimeout) })
            }
        }
    }

    private init(path: String, busyTimeout: Duration) throws {
        file = try DatabaseFile(preparing: path)
        let configuration = Self.configuration(busyTimeout)
        var readOnly = configuration
        readOnly.readonly = true
        do {
            // Before the pool, which would turn the WAL on in another program's file.
            try DatabaseQueue(path: file.path, configuration: readOnly).read { [path = file.path] in try Self.checkOwner($0, path: path) }
            pool = try DatabasePool(path: file.path, configuration: configuration)
            try pool.writeWithoutTransaction { [path = file.path] in try Self.setUp($0, path: path) }
            try Self.migrate(pool)
            watcher = try DatabaseQueue(path: file.path, configuration: readOnly)
        } catch {
            throw StoreError(sqlite: error, path: file.path, doing: .open)
        }
    }

    private static func configuration(_ busyTimeout: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.label = "riposte.store"
        configuration.busyMode = .timeout(Double(busyTimeout.microseconds) / 1_000_000)
        configuration.foreignKeysEnabled = false
        // Otherwise GRDB ends the process where a ROLLBACK fails on a broken disk; the writer tries it again instead.
        configuration.allowsUnsafeTransactions = true
        return configuration
    }

    private static func checkOwner(_ database: Database, path: String) throws {
        let owner = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        guard owner != applicationID else { return }
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard owner == 0, tables == 0 else {
            throw StoreError(.cannotOpen, "“\(path)” is a database of another program. Name another file")
        }
    }

    private static func setUp(_ database: Database, path: String) throws {
        // Here and not in `prepareDatabase`: GRDB sets NORMAL after that, when it turns the WAL on, and a commit that
        // has returned would not survive a loss of power.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try checkDurability(database, path: path)
        // 16 MB and not 4: a page that is written often goes from the WAL into the file less often.
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
        if try Int32.fetchOne(database, sql: "PRAGMA application_id") == 0 {
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        let isNew = try !database.tableExists("grdb_migrations")
        guard try isNew || !Schema.migrator.hasBeenSuperseded(database) else {
            throw StoreError(.tooNew, "“\(path)” was written by a newer version of Riposte. Use that version, or another file")
        }
    }

    static func checkDurability(_ database: Database, path: String) throws {
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
        guard synchronous == 2 || synchronous == 3, journal == "wal" else {
            throw StoreError(
                .cannotOpen,
                "“\(path)” cannot be written durably here: SQLite has synchronous=\(synchronous ?? -1) and journal_mode=\(journal ?? "?") "
                    + "instead of 2 and wal. Put it on a local file system")
        }
    }

    /// Two processes may do this at once: each finds steps done that it was about to do, and goes on from there. Whoever fails
    /// although nothing has gone on meanwhile has failed.
    private static func migrate(_ pool: DatabasePool) throws {
        var done = -1
        while true {
            do { return try Schema.migrator.migrate(pool) } catch let error as DatabaseError where error.resultCode != .SQLITE_BUSY {
                let now = try pool.read(Schema.migrator.appliedIdentifiers).count
                guard now > done else { throw error }
                done = now
            }
        }
    }
}
