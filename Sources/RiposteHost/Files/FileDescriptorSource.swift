import Glibc
public import Riposte

/// Reads an open file descriptor to its end: standard input, a pipe, a socket. Nothing in it can be read again.
public struct FileDescriptorSource: EventSource {
    public let name: SourceName
    private let descriptor: OwnedDescriptor
    private let chunkSize: Int
    private let longestLine: Int
    private let clock: any WallClock
    private let health: SourceHealthBoard

    /// Creates a source that reads a copy of `descriptor`, which stays the caller's to close.
    ///
    /// - Throws: `SourceError` when it is not open.
    public init(
        _ descriptor: Int32, name: SourceName, chunkSize: Int = 256 * 1024, longestLine: Int = 1024 * 1024, health: SourceHealthBoard,
        clock: any WallClock = SystemClock()
    ) throws {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw SourceError(errno: errno, doing: "read \(name)") }
        self.descriptor = OwnedDescriptor(copy)
        (self.name, self.chunkSize, self.longestLine, self.clock, self.health) = (name, chunkSize, longestLine, clock, health)
    }

    /// The standard input, under the name `stdin`.
    public static func standardInput(health: SourceHealthBoard, clock: any WallClock = SystemClock()) throws -> FileDescriptorSource {
        try FileDescriptorSource(STDIN_FILENO, name: "stdin", health: health, clock: clock)
    }

    /// Reads what comes, whatever `position` says; the positions it tells go on counting from there.
    public func run(from position: SourcePosition?, deliver: (consuming SourceChunk) async throws -> Void) async throws {
        let reporter = HealthReporter(name: name, board: health, clock: clock)
        let before: UInt64 = if case .stream(let bytes) = position { bytes } else { 0 }
        try await reporter.watching {
            try await deliverChunks { [self] wakeUp in
                var count = before
                return OnceThrough(
                    descriptor, label: name.rawValue, chunkSize: chunkSize, chunker: LineChunker(longestLine: longestLine),
                    begins: before == 0, reporter: reporter, wakeUp: wakeUp
                ) { piece in
                    count += UInt64(piece.bytes.count)
                    return .stream(bytesRead: count)
                }
            } to: {
                try await deliver($0)
            }
        }
    }
}
