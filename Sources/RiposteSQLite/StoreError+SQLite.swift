internal import GRDB
internal import Riposte

/// What was being done when SQLite refused.
enum StoreTask {
    case open, read, write

    /// The code for a failure that has none of its own.
    var code: StoreError.Code {
        switch self {
        case .open: .cannotOpen
        case .read: .cannotRead
        case .write: .cannotWrite
        }
    }

    var verb: String {
        switch self {
        case .open: "open"
        case .read: "read"
        case .write: "write to"
        }
    }
}

extension StoreError {
    /// What SQLite's `error` means to a person. A `StoreError` stays what it is.
    init(sqlite error: any Error, path: String, doing task: StoreTask) {
        if let error = error as? StoreError {
            self = error
        } else if let error = error as? DatabaseError {
            self.init(error, path: path, doing: task)
        } else {
            self.init(task.code, "cannot \(task.verb) “\(path)”: \(error)")
        }
    }

    private init(_ error: DatabaseError, path: String, doing task: StoreTask) {
        let cannot = "cannot \(task.verb) “\(path)”"
        let detail = "SQLite: \(error.message ?? "no message"), \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(task.code, "\(cannot): the disk is full. Nothing was written; free some space and it goes on (\(detail))")
        case .SQLITE_READONLY:
            self.init(task.code, "\(cannot): the file or its file system is read-only (\(detail))")
        case .SQLITE_IOERR:
            self.init(task.code, "\(cannot): the disk reports an error, is full or has become read-only; see the system's log (\(detail))")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "\(cannot): another process has it locked. Try again, or find it with “fuser \(path)” (\(detail))")
        case .SQLITE_CORRUPT:
            self.init(
                .corrupt,
                """
                “\(path)” is damaged, or its disk cannot be read: see the system's log. Where it stays so, stop everything that uses \
                it, keep a copy, and restore a backup or try “sqlite3 … .recover” (\(detail))
                """
            )
        case .SQLITE_NOTADB: self = .notADatabase(path)
        default: self.init(task.code, "\(cannot): \(detail)")
        }
    }

    static func closed(_ code: Code) -> StoreError { StoreError(code, "the store has been closed") }

    static func notADatabase(_ path: String) -> StoreError {
        StoreError(.cannotOpen, "“\(path)” is not an SQLite database. Name another file, or move this one away")
    }

    static func queueFull(_ path: String, limit: Int) -> StoreError {
        StoreError(.cannotWrite, "cannot write to “\(path)”: \(limit) batches are waiting already, the disk does not keep up")
    }

    static func unreadable(_ what: String, _ error: any Error) -> StoreError {
        StoreError(.corrupt, "the store holds \(what) that cannot be read: \(error)")
    }
}

extension DatabaseError {
    /// Whether the unit that was being written is at fault, and not the file.
    var concernsOneUnit: Bool {
        switch resultCode {
        case .SQLITE_TOOBIG, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_RANGE: true
        default: false
        }
    }
}
