/// Where a source stands: what a restart goes on from. Stored as JSON with each ingest commit.
public enum SourcePosition: Sendable, Hashable {
    /// Nothing was there yet, so whatever comes is new and is read from its beginning.
    case beginning
    /// In a file. `older` are rotated files that were still followed to see whether lines are appended to them.
    case file(FilePosition, older: [FilePosition])
    /// In the systemd journal.
    case journal(JournalPosition)
    /// In something that is read once and never again, such as standard input.
    case stream(bytesRead: UInt64)
}

extension SourcePosition {
    /// The same files from their first byte: what ``beginning`` has come to mean once something is there, since a source
    /// that reads a stretch again must be told in which file it begins.
    var fromFirstByte: SourcePosition {
        guard case .file(let file, let older) = self else { return .beginning }
        var oldest = older.first ?? file
        (oldest.offset, oldest.isInsideLine) = (0, false)
        return .file(oldest, older: [])
    }
}

extension SourcePosition: Codable {
    private enum Key: String, CodingKey { case beginning, file, older, journal, stream }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let file = try container.decodeIfPresent(FilePosition.self, forKey: .file) {
            self = .file(file, older: try container.decodeIfPresent([FilePosition].self, forKey: .older) ?? [])
        } else if let journal = try container.decodeIfPresent(JournalPosition.self, forKey: .journal) {
            self = .journal(journal)
        } else if let bytes = try container.decodeIfPresent(UInt64.self, forKey: .stream) {
            self = .stream(bytesRead: bytes)
        } else if container.contains(.beginning) {
            self = .beginning
        } else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no position of a known kind"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .beginning:
            try container.encode(true, forKey: .beginning)
        case .file(let file, let older):
            try container.encode(file, forKey: .file)
            if !older.isEmpty { try container.encode(older, forKey: .older) }
        case .journal(let journal):
            try container.encode(journal, forKey: .journal)
        case .stream(let bytes):
            try container.encode(bytes, forKey: .stream)
        }
    }
}

/// A place in one file.
public struct FilePosition: Sendable, Hashable, Codable {
    /// The file system's number, and the file's in it: a name may move on to another file, these do not.
    public var device: UInt64
    /// The file's number in its file system; see ``device``.
    public var inode: UInt64
    /// What the file system gives anew with each use of the inode, so that even an empty file is known again; `nil` where
    /// it tells none.
    public var generation: UInt32?
    /// The end of the last line that was handed on, in bytes from the file's beginning.
    public var offset: UInt64
    /// What the file began with, to tell it from another that was given the same inode later.
    public var fingerprint: FileFingerprint
    /// When the file had last changed, by the file system's clock, as of this position.
    public var modified: Timestamp
    /// Whether `offset` lies inside a line that was too long to be held until its end.
    public var isInsideLine: Bool

    /// Creates a position; `offset` has to be that of a line's beginning, unless `isInsideLine`.
    public init(
        device: UInt64, inode: UInt64, generation: UInt32? = nil, offset: UInt64, fingerprint: FileFingerprint, modified: Timestamp,
        isInsideLine: Bool = false
    ) {
        self.device = device
        self.inode = inode
        self.generation = generation
        self.offset = offset
        self.fingerprint = fingerprint
        self.modified = modified
        self.isInsideLine = isInsideLine
    }
}

/// A place in the systemd journal.
public struct JournalPosition: Sendable, Hashable, Codable {
    /// The cursor of the last entry that was handed on; `nil` before the first.
    public var cursor: String?
    /// When that entry was received, or where to begin when there is no cursor.
    public var realtime: Timestamp

    /// Creates a position; without a cursor reading begins at `realtime`.
    public init(cursor: String?, realtime: Timestamp) {
        self.cursor = cursor
        self.realtime = realtime
    }
}
