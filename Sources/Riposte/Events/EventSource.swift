/// Where events come from, as bytes: a log file, the journal, standard input. It knows nothing of formats.
///
/// An implementer promises:
/// - Chunks come one at a time: the next one is read only when `deliver` has returned, so a slow reader slows the
///   source and nothing is buffered without bound.
/// - A chunk holds whole lines, each with its line end; the reader keeps nothing between two chunks. The last line of
///   something that has ended may lack its line end. See ``SourceChunk/Part`` for lines too long to be held.
/// - The first chunk of a run that can be read again is empty and tells where it begins: a restart warms the detectors from
///   there on.
/// - `chunk.position` is exact: `run(from:)` with it delivers what follows the chunk, no line twice and none left out.
/// - Trouble that may pass (a missing file, a refused permission) is shown in the source's ``SourceHealth`` and tried
///   again, and does not end `run`.
/// - Cancelling the task ends `run` promptly with `CancellationError`, and no thread of the cooperative pool is held
///   while the source waits.
public protocol EventSource: Sendable {
    /// Under which name its events and its health are known.
    var name: SourceName { get }

    /// Whether ``read(from:upTo:deliver:)`` can read again what was delivered once.
    var canReadAgain: Bool { get }

    /// Delivers what comes after `position`, in order, until the source ends or the task is cancelled.
    ///
    /// - Parameters:
    ///   - position: what the last run came to; `nil` for a source that was never read.
    ///   - deliver: takes one chunk. What it throws ends the run and is thrown on.
    /// - Throws: `CancellationError`, what `deliver` threw, or a ``SourceError`` when the source cannot go on at all.
    func run(from position: SourcePosition?, deliver: (consuming SourceChunk) async throws -> Void) async throws

    /// Delivers again what lies between `mark` and `position`, then returns; the detectors are warmed with it.
    ///
    /// Delivers nothing that `run(from: position)` will deliver. Where the stretch is partly gone it delivers what is
    /// left, and the health says so.
    func read(
        from mark: SourcePosition, upTo position: SourcePosition, deliver: (consuming SourceChunk) async throws -> Void
    ) async throws
}

extension EventSource {
    public var canReadAgain: Bool { false }

    public func read(
        from mark: SourcePosition, upTo position: SourcePosition, deliver: (consuming SourceChunk) async throws -> Void
    ) async throws {}
}

/// Bytes that a source hands on, and where it stands after them.
public struct SourceChunk: Sendable {
    /// Whole lines, or what ``part`` says. May be empty: then the chunk only tells the position.
    public var bytes: [UInt8]
    /// What to give to ``EventSource/run(from:deliver:)`` to go on after this chunk.
    public var position: SourcePosition
    /// Whether nothing more was there to read when this was handed on.
    public var isCaughtUp: Bool
    /// Whether these are the first bytes out of a file since the source opened it: after a rotation, say.
    public var beginsFile: Bool
    /// Whether these are whole lines or a part of one that is too long.
    public var part: Part

    /// Creates a chunk. `position` has to be that of its last byte.
    public init(
        bytes: [UInt8], position: SourcePosition, isCaughtUp: Bool = false, beginsFile: Bool = false, part: Part = .wholeLines
    ) {
        self.bytes = bytes
        self.position = position
        self.isCaughtUp = isCaughtUp
        self.beginsFile = beginsFile
        self.part = part
    }

    /// What the bytes of a chunk are. A line too long to be held until its end comes in pieces: count one line as too
    /// long at `.longLineStart`, and pass over the others.
    public enum Part: UInt8, Sendable, Hashable, CaseIterable {
        /// Lines from their beginning to their end.
        case wholeLines
        /// The first piece of a line that is too long.
        case longLineStart
        /// A further piece of it, and not the last.
        case longLineMiddle
        /// Ends with the line end.
        case longLineEnd
    }
}

/// Why a source cannot be read at all.
public struct SourceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which kind of trouble it is.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// It does not exist.
        case notFound
        /// It is there and may not be read.
        case permissionDenied
        /// It is there and cannot be read as lines: a directory, a compressed file.
        case unreadable
        /// The operating system refused for another reason.
        case system
        /// The position belongs to another kind of source.
        case wrongPosition
    }

    /// Which kind of trouble it is; what two errors are compared by.
    public var code: Code
    /// What a person should read; names the file and, where known, the remedy.
    public var message: String

    /// - Parameter message: names the file and, where known, the remedy.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Compares the code alone.
    public static func == (a: SourceError, b: SourceError) -> Bool { a.code == b.code }
    public var description: String { message }
}
