import Glibc
public import Riposte

/// Reads a file that nobody writes to any more, once, from its beginning to its end: what a replay reads.
///
/// A packed file is refused with a message that says how to unpack it.
public struct FinishedFileSource: EventSource {
    public let path: String
    public let name: SourceName
    private let chunkSize: Int
    private let longestLine: Int
    private let clock: any WallClock
    private let health: SourceHealthBoard

    /// Creates a source for the file (or named pipe) at `path`; its name is the path unless given.
    public init(
        path: String, name: SourceName? = nil, chunkSize: Int = 512 * 1024, longestLine: Int = 1024 * 1024, health: SourceHealthBoard,
        clock: any WallClock = SystemClock()
    ) {
        (self.path, self.name) = (path, name ?? SourceName(path))
        (self.chunkSize, self.longestLine, self.clock, self.health) = (chunkSize, longestLine, clock, health)
    }

    /// Delivers the whole file, or what follows `position` where that is a place in this very file.
    ///
    /// - Throws: `SourceError` when the file cannot be opened or read, or is compressed.
    public func run(from position: SourcePosition?, deliver: (consuming SourceChunk) async throws -> Void) async throws {
        let reporter = HealthReporter(name: name, board: health, clock: clock)
        try await reporter.watching {
            try await deliverChunks { [self] wakeUp in
                try reader(from: position, reporter: reporter, wakeUp: wakeUp)
            } to: {
                try await deliver($0)
            }
        }
    }

    private func reader(from position: SourcePosition?, reporter: HealthReporter, wakeUp: WakeUp) throws -> OnceThrough {
        let descriptor = try OwnedDescriptor(reading: path)
        let status = try FileStatus(of: descriptor)
        let head = status.isRegular ? try descriptor.read(FileFingerprint.limit, at: 0) : []
        var place = FilePosition(
            device: status.identity.device, inode: status.identity.inode, offset: 0, fingerprint: FileFingerprint([]),
            modified: status.modified)
        if case .file(let stored, _) = position, stored.identity == status.identity, stored.offset <= status.size,
            stored.fingerprint.fits(head)
        {
            place = stored
            lseek(descriptor.raw, off_t(clamping: stored.offset), SEEK_SET)
        }
        let chunker = LineChunker(longestLine: longestLine, isInsideLine: place.isInsideLine)
        return OnceThrough(
            descriptor, label: path, chunkSize: chunkSize, chunker: chunker, begins: place.offset == 0, reporter: reporter, wakeUp: wakeUp
        ) { piece in
            place.offset += UInt64(piece.bytes.count)
            place.isInsideLine = piece.part == .longLineStart || piece.part == .longLineMiddle
            if place.fingerprint.length < FileFingerprint.limit {
                place.fingerprint = FileFingerprint(head.prefix(Int(clamping: place.offset)))
            }
            return .file(place, older: [])
        }
    }
}
