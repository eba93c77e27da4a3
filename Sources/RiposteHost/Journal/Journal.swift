internal import CLibsystemd
import Glibc
internal import Riposte

/// An open journal. It belongs to the thread that opened it (`sd-journal(3)`).
final class Journal {
    private let handle: OpaquePointer

    /// Opens the journal at `place` and narrows it to the entries that any of `selections` names.
    init(_ place: JournalSource.Place, selecting selections: [JournalSource.Selection]) throws(SourceError) {
        var opened: OpaquePointer?
        try Self.check(Self.open(place, &opened), "open \(place)")
        guard let opened else { throw SourceError(.system, "cannot open \(place)") }
        handle = opened
        for match in Set(selections.map(\.match)).sorted() {
            let result = match.utf8CString.withUnsafeBytes { sd_journal_add_match(opened, $0.baseAddress, $0.count - 1) }
            try Self.check(result, "select “\(match)” in the journal")
            try Self.check(sd_journal_add_disjunction(opened), "select in the journal")
        }
    }

    deinit { sd_journal_close(handle) }

    /// Readable when something has changed; `nil` where the journal cannot be watched.
    var descriptor: Int32? {
        let raw = sd_journal_get_fd(handle)
        return raw >= 0 ? raw : nil
    }

    /// Takes note of what has changed; called after each wait.
    func process() { sd_journal_process(handle) }

    func seekHead() throws(SourceError) { try Self.check(sd_journal_seek_head(handle), "seek in the journal") }

    func seekTail() throws(SourceError) { try Self.check(sd_journal_seek_tail(handle), "seek in the journal") }

    func seek(to time: Timestamp) throws(SourceError) {
        try Self.check(sd_journal_seek_realtime_usec(handle, UInt64(max(time.microseconds, 0))), "seek in the journal")
    }

    func seek(to cursor: String) throws(SourceError) {
        try Self.check(sd_journal_seek_cursor(handle, cursor), "seek in the journal")
    }

    /// Moves to the next entry; `false` where there is none yet.
    func next() throws(SourceError) -> Bool { try Self.check(sd_journal_next(handle), "read the journal") > 0 }

    /// Moves to the entry before; `false` where there is none.
    func previous() throws(SourceError) -> Bool { try Self.check(sd_journal_previous(handle), "read the journal") > 0 }

    /// Whether it stands at the entry that `cursor` names.
    func isAt(_ cursor: String) -> Bool { sd_journal_test_cursor(handle, cursor) > 0 }

    /// When the entry was received.
    func realtime() throws(SourceError) -> Timestamp {
        var microseconds: UInt64 = 0
        try Self.check(sd_journal_get_realtime_usec(handle, &microseconds), "read the journal")
        return Timestamp(microseconds: Int64(clamping: microseconds))
    }

    func position() throws(SourceError) -> JournalPosition {
        var raw: UnsafeMutablePointer<CChar>?
        try Self.check(sd_journal_get_cursor(handle, &raw), "read the journal's cursor")
        defer { free(raw) }
        return JournalPosition(cursor: raw.map { String(cString: $0) }, realtime: try realtime())
    }

    /// The entry as a line; `nil` for one without a message.
    func line() throws(SourceError) -> JournalLine? {
        guard let message = field("MESSAGE") else { return nil }
        return JournalLine(
            realtime: try realtime(), host: field("_HOSTNAME") ?? [], identifier: field("SYSLOG_IDENTIFIER") ?? field("_COMM") ?? [],
            processID: field("_PID") ?? field("SYSLOG_PID") ?? [], message: message)
    }

    private func field(_ name: String) -> [UInt8]? {
        var data: UnsafeRawPointer?
        var count = 0
        guard sd_journal_get_data(handle, name, &data, &count) >= 0, let data else { return nil }
        return Array(UnsafeRawBufferPointer(start: data, count: count).dropFirst(name.utf8.count + 1))
    }

    private static func open(_ place: JournalSource.Place, _ opened: inout OpaquePointer?) -> Int32 {
        switch place {
        case .system: return sd_journal_open(&opened, Int32(SD_JOURNAL_LOCAL_ONLY) | Int32(SD_JOURNAL_SYSTEM))
        case .directory(let path): return sd_journal_open_directory(&opened, path, 0)
        case .files(let paths):
            let copies = paths.map { strdup($0) }
            defer { for copy in copies { free(copy) } }
            var pointers: [UnsafePointer<CChar>?] = copies.map { $0.map { UnsafePointer($0) } } + [nil]
            return sd_journal_open_files(&opened, &pointers, 0)
        }
    }

    @discardableResult
    private static func check(_ result: Int32, _ doing: String) throws(SourceError) -> Int32 {
        switch -result {
        case ...0: return result
        case ENOENT: throw SourceError(.notFound, "cannot \(doing): no such file")
        case EACCES, EPERM:
            throw SourceError(.permissionDenied, "cannot \(doing): permission denied; add the user to group systemd-journal")
        default: throw SourceError(errno: -result, doing: doing)
        }
    }
}
