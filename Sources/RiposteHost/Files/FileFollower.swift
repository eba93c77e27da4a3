public import Riposte

/// Follows a log file while it grows, through rotation by renaming, by `copytruncate`, by deleting and making anew,
/// and through a symbolic link that is pointed elsewhere.
///
/// It is woken by inotify and, every few seconds, by nothing, to look whether something was overlooked. A rotated file
/// is read to its end and then followed on for a while, because its writer may not have noticed yet. A restart finds
/// the file of its position again by inode and first bytes, among the rotated ones if need be. What it cannot find,
/// because it was deleted or compressed, is told by ``SourceHealth/missedBytes`` and its notice.
///
/// Three things cannot be seen: that a file was cut and has grown beyond the old place with the same first 256 bytes;
/// after a restart, which copy a file was cut from when fewer than 32 bytes of it had been read; and, where the file system
/// tells no generation of its inodes (overlayfs and network file systems, not ext4, xfs and btrfs), after a restart, that
/// an empty log was deleted and its inode given to another one.
public struct FileFollower: EventSource {
    /// Where to begin with a file that was never read. One that appears later is read from its beginning.
    public enum Start: String, Sendable, Hashable, CaseIterable {
        case beginning, end
    }

    public struct Configuration: Sendable, Hashable {
        public var startAt: Start
        /// How many bytes are read at once.
        public var chunkSize: Int
        /// How many bytes of an unfinished line are held back before it is handed on in parts.
        public var longestLine: Int
        /// How often to look when nothing tells of a change.
        public var checkInterval: Duration
        /// For how long a rotated file must have been quiet until it is let go.
        public var grace: Duration

        public init(
            startAt: Start = .end, chunkSize: Int = 256 * 1024, longestLine: Int = 1024 * 1024,
            checkInterval: Duration = .seconds(5), grace: Duration = .seconds(60)
        ) {
            self.startAt = startAt
            self.chunkSize = max(chunkSize, 1)
            self.longestLine = max(longestLine, 1)
            self.checkInterval = checkInterval
            self.grace = grace
        }
    }

    public let path: String
    public let name: SourceName
    public let configuration: Configuration
    private let clock: any WallClock
    private let health: SourceHealthBoard

    /// Creates a follower of the file at `path`, which need not exist yet. Its name is the path unless given.
    public init(
        path: String, name: SourceName? = nil, configuration: Configuration = Configuration(), health: SourceHealthBoard,
        clock: any WallClock = SystemClock()
    ) {
        self.path = path
        self.name = name ?? SourceName(path)
        self.configuration = configuration
        self.health = health
        self.clock = clock
    }

    public var canReadAgain: Bool { true }

    /// Delivers an empty chunk first, which tells where it stands, then what is appended. Returns only by an error.
    public func run(from position: SourcePosition?, deliver: (consuming SourceChunk) async throws -> Void) async throws {
        let reporter = reporter
        try await reporter.watching {
            try await deliverChunks { [path, configuration] wakeUp in
                try FollowedFile(path: path, from: position, configuration: configuration, reporter: reporter, wakeUp: wakeUp)
            } to: {
                try await deliver($0)
            }
        }
    }

    public func read(
        from mark: SourcePosition, upTo position: SourcePosition, deliver: (consuming SourceChunk) async throws -> Void
    ) async throws {
        let reporter = reporter
        try await reporter.watching {
            try await deliverChunks { [path, configuration] wakeUp in
                try FileStretch(path: path, from: mark, upTo: position, configuration: configuration, reporter: reporter, wakeUp: wakeUp)
            } to: {
                try await deliver($0)
            }
        }
    }

    private var reporter: HealthReporter { HealthReporter(name: name, board: health, clock: clock) }
}
