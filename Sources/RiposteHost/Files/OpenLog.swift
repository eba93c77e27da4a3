internal import Riposte

/// A log file that is open for reading, and how far it was read.
final class OpenLog {
    /// What a read gave.
    enum Outcome {
        case pieces([LineChunker.Piece])
        case nothingNew
        /// It was cut, or its beginning is another: it no longer is what was read so far.
        case rewritten
    }

    let path: String
    let identity: FileIdentity
    let descriptor: OwnedDescriptor
    private let generation: UInt32?
    /// The end of what was handed on.
    private(set) var offset: UInt64
    /// Whether a chunk out of it was handed on yet.
    var hasBegun = false
    /// When it last gave bytes, or was opened, by our clock.
    var lastGrowth: Timestamp
    /// Its size at the last look.
    private(set) var size: UInt64
    private var chunker: LineChunker
    private var head: [UInt8]  // the first bytes, as far as they were read: at most FileFingerprint.limit
    private var fingerprint: FileFingerprint
    private var modified: Timestamp

    /// Opens `path` to go on at `offset`.
    init(path: String, offset: UInt64 = 0, isInsideLine: Bool = false, longestLine: Int, now: Timestamp) throws(SourceError) {
        let status = try FileStatus(path: path)  // before it is opened: a pipe without a writer would hold us up
        guard status.isRegular else { throw SourceError(.unreadable, "\(path): is not a regular file") }
        descriptor = try OwnedDescriptor(reading: path)
        let opened = try FileStatus(of: descriptor)
        self.path = path
        self.offset = offset
        lastGrowth = now
        (identity, size, modified) = (opened.identity, opened.size, opened.modified)
        generation = descriptor.generation
        chunker = LineChunker(longestLine: longestLine, isInsideLine: isInsideLine)
        head = try descriptor.read(min(FileFingerprint.limit, Int(clamping: offset)), at: 0)
        fingerprint = FileFingerprint(head)
    }

    /// Creates the same open file, to be read anew from its beginning because it was cut.
    init(anew log: OpenLog) {
        (path, identity, descriptor, lastGrowth) = (log.path, log.identity, log.descriptor, log.lastGrowth)
        generation = log.generation
        (offset, size, modified, head) = (0, 0, log.modified, [])
        fingerprint = FileFingerprint([])
        chunker = LineChunker(longestLine: log.chunker.longestLine)
    }

    var position: FilePosition {
        FilePosition(
            device: identity.device, inode: identity.inode, generation: generation, offset: offset, fingerprint: fingerprint,
            modified: modified, isInsideLine: chunker.isInsideLine)
    }

    /// How many bytes were there at the last look and are not handed on.
    var lag: UInt64 { size > offset ? size - offset : 0 }

    /// Whether, at the last look, it was read to its end; the beginning of a line may be held back.
    var isAtEnd: Bool { readEnd >= size }

    /// Whether it still had a name at the time of asking.
    func isLinked() throws(SourceError) -> Bool { try FileStatus(of: descriptor).links > 0 }

    private var readEnd: UInt64 { offset + UInt64(chunker.held.count) }

    /// Reads at most `count` bytes, and nothing from `limit` on.
    func read(_ count: Int, upTo limit: UInt64 = .max) throws(SourceError) -> Outcome {
        let status = try FileStatus(of: descriptor)
        guard status.size >= readEnd, try hasSameHead() else { return .rewritten }
        (size, modified) = (min(status.size, limit), status.modified)
        guard size > readEnd else { return .nothingNew }
        let start = readEnd
        let bytes = try descriptor.read(Int(min(UInt64(count), size - start)), at: start, behind: chunker.held)
        guard bytes.count > chunker.held.count else { return .nothingNew }
        extendHead(with: bytes, from: start - UInt64(chunker.held.count))
        return .pieces(chunker.take(bytes))
    }

    /// The unfinished last line, for a file that nobody appends to any more.
    func finish() -> LineChunker.Piece? { chunker.finish() }

    /// Moves the position behind `piece`, which is being handed on.
    func handOn(_ piece: LineChunker.Piece) {
        offset += UInt64(piece.bytes.count)
        if fingerprint.length < FileFingerprint.limit { fingerprint = FileFingerprint(head.prefix(Int(clamping: offset))) }
    }

    private func hasSameHead() throws(SourceError) -> Bool {
        guard !head.isEmpty else { return true }
        return try descriptor.read(head.count, at: 0) == head
    }

    private func extendHead(with bytes: [UInt8], from start: UInt64) {
        guard head.count < FileFingerprint.limit, start <= UInt64(head.count) else { return }
        head += bytes.dropFirst(head.count - Int(start)).prefix(FileFingerprint.limit - head.count)
    }
}
