internal import Riposte

/// The follower's state: the log, the rotated files that may still grow, and what to do when something changes.
final class FollowedFile: ChunkProducer {
    private let path: String
    private let configuration: FileFollower.Configuration
    private let reporter: HealthReporter
    private let wakeUp: WakeUp
    private let folder: LogFolder
    private let watcher = FileWatcher()

    /// Where to begin when the log is opened; `nil` for one that was never read.
    private var start: SourcePosition?
    private var current: OpenLog?
    /// Rotated files that may still grow, the oldest first.
    private var older: [OpenLog] = []
    /// What was read to its end and let go, or lay there before the start: not to be taken for something new when the
    /// log is rotated again.
    private var passed: [FilePosition] = []
    /// The position in the log itself, which outlives the file.
    private var main: FilePosition?
    private var pending: [SourceChunk] = []
    private var isAnnounced = false
    /// Whether something could not be opened or read at the last look.
    private var hasTrouble = false

    /// Creates the follower; opens nothing yet.
    init(
        path: String, from position: SourcePosition?, configuration: FileFollower.Configuration, reporter: HealthReporter,
        wakeUp: WakeUp
    ) throws(SourceError) {
        switch position {
        case .journal, .stream: throw SourceError(.wrongPosition, "\(path): the stored position is not one in a file")
        case .file(let file, _): main = file
        case .beginning, nil: break
        }
        (self.path, self.configuration, self.reporter, self.wakeUp) = (path, configuration, reporter, wakeUp)
        start = position
        folder = LogFolder(path: path)
        watcher.watch(directories: folder.directories, files: [])
    }

    func next() throws -> SourceChunk? {
        while true {
            if let chunk = takePending() { return chunk }
            guard try wakeUp.isQuiet else { throw CancellationError() }
            lookAtName()
            if let chunk = announcement() { return chunk }
            let hasRead = readSomething()
            if !hasTrouble { reporter.following() }
            if hasRead { continue }
            letGoOfQuietFiles()
            guard pending.isEmpty else { continue }
            reporter.handedOn(0, lag: lag)
            guard try wakeUp.wait(for: watcher.descriptor, timeout: waitingTime) else { throw CancellationError() }
            watcher.drain()
        }
    }

    /// Without inotify it looks more often; that still is no busy loop.
    private var waitingTime: Duration {
        watcher.descriptor == nil ? min(configuration.checkInterval, .milliseconds(250)) : configuration.checkInterval
    }

    // MARK: The name, and the files behind it

    private func lookAtName() {
        hasTrouble = false
        do {
            let status = try statusOfName()
            if let current {
                if current.identity != status.identity { try followRotation() }
            } else {
                try open()
            }
        } catch {
            if current == nil, error.code == .notFound { resumeWithoutName() }
            wait(for: error)
        }
    }

    private func wait(for error: SourceError) {
        hasTrouble = true
        reporter.waiting(error)
    }

    private func statusOfName() throws(SourceError) -> FileStatus {
        if let status = try? FileStatus(path: path) { return status }
        watchFiles()  // the folder itself may be another one by now
        return try FileStatus(path: path)
    }

    /// Opens the log for the first time.
    private func open() throws(SourceError) {
        let contents = try folder.contents(withInodes: start?.inodes ?? [])
        let named = try contents.current.get()
        if case .file(let position, let older) = start {
            try open(after: position, older: older, in: contents)
        } else {
            let log = try start == nil && configuration.startAt == .end ? openAtEnd() : openLog(path)
            guard log.identity == named.identity else { throw folder.isBeingRotated }
            current = log
        }
        passOverRotatedFiles(in: contents)
        watchFiles()
    }

    /// Takes the rotated files that lie there, and are not to be read, for read.
    private func passOverRotatedFiles(in contents: LogFolder.Contents) {
        let opened = Set(logs.map(\.identity))
        let others = contents.siblings.filter { $0.name != nil && !opened.contains($0.identity) }
        passed = others.sorted { $0.modified < $1.modified }.suffix(Self.mostPassed).map(\.end)
    }

    /// The log is missing: what is left of it under another name can be read all the same.
    private func resumeWithoutName() {
        switch start {
        case .file(let position, let older):
            guard let contents = try? folder.contents(withInodes: start?.inodes ?? []) else { return }
            try? open(after: position, older: older, in: contents)
            watchFiles()
        default:
            start = .beginning
        }
    }

    private func open(after position: FilePosition, older: [FilePosition], in contents: LogFolder.Contents) throws(SourceError) {
        let current = try? contents.current.get()
        let older = stillThere(older, in: contents.siblings, besides: current)
        let plan = RotationPlan(
            after: position, current: current, siblings: contents.siblings, passed: Set(older.map(\.identity)))
        guard current != nil || !plan.segments.isEmpty else { return }
        let opened = try openLogs(plan.segments)
        self.older = older + opened.dropLast()
        self.current = opened.last
        report(plan)
    }

    /// The rotated files of a stored position that still exist. A deleted one may have left its inode to the log itself.
    private func stillThere(_ positions: [FilePosition], in siblings: [LogSibling], besides current: LogSibling?) -> [OpenLog] {
        positions.compactMap { position in
            let match = siblings.first { $0.isSameFile(as: position) && $0.continues(position) }
            guard let match, match.identity != current?.identity else { return nil }
            return try? openLog(match.path, offset: position.offset, isInsideLine: position.isInsideLine)
        }
    }

    /// The name leads to another file: reads on in what it led to, then in what came between, then in the new one.
    private func followRotation() throws(SourceError) {
        guard let current else { return }
        let plan = try plan(after: position(in: current))
        let opened = try openLogs(plan.segments.filter { $0.identity != current.identity })
        guard let new = opened.last, plan.segments.last?.isCurrent == true else { return }
        older += [current] + opened.dropLast()
        for log in older { log.lastGrowth = reporter.clock.now() }
        self.current = new
        if plan.missedBytes > 0 { report(plan) }  // the file itself is open and is read to its end, whatever its name
        watchFiles()
    }

    /// A file was cut, by `copytruncate` mostly: reads the rest of the copy if there is one, then the file anew.
    private func followTruncation(of log: OpenLog) throws(SourceError) {
        guard log === current else {
            older = older.map { $0 === log ? OpenLog(anew: log) : $0 }
            return
        }
        let plan = try planIfReadable(after: position(in: log))
        guard let plan, let last = plan.segments.last, last.isCurrent, last.identity == log.identity else {
            current = OpenLog(anew: log)
            return
        }
        let opened = try openLogs(plan.segments)
        older += opened.dropLast()
        current = opened.last
        if plan.missedBytes > 0 { report(plan) }
        watchFiles()
    }

    private func plan(after position: FilePosition) throws(SourceError) -> RotationPlan {
        let contents = try folder.contents(withInodes: [position.inode])
        let stillPassed = passed.filter { $0.isStill(in: contents.siblings) }
        return try RotationPlan(
            after: position, current: contents.current.get(), siblings: contents.siblings,
            passed: Set((older.map(\.position) + stillPassed).map(\.identity)), knowsAll: true)
    }

    /// The plan; `nil` where the log's name leads to no file that can be read.
    private func planIfReadable(after position: FilePosition) throws(SourceError) -> RotationPlan? {
        do {
            return try plan(after: position)
        } catch {
            guard error.code != .system else { throw error }
            return nil
        }
    }

    private func openLogs(_ segments: [RotationPlan.Segment]) throws(SourceError) -> [OpenLog] {
        var logs: [OpenLog] = []
        for segment in segments {
            let log = try openLog(segment.path, offset: segment.offset, isInsideLine: segment.isInsideLine)
            guard log.identity == segment.identity else { throw folder.isBeingRotated }
            logs.append(log)
        }
        return logs
    }

    private func openLog(_ path: String, offset: UInt64 = 0, isInsideLine: Bool = false) throws(SourceError) -> OpenLog {
        try OpenLog(
            path: path, offset: offset, isInsideLine: isInsideLine, longestLine: configuration.longestLine, now: reporter.clock.now())
    }

    private func openAtEnd() throws(SourceError) -> OpenLog {
        let (offset, isInsideLine) = try lastLineEnd(path: path, longestLine: configuration.longestLine)
        return try openLog(path, offset: offset, isInsideLine: isInsideLine)
    }

    private func watchFiles() { watcher.watch(directories: folder.directories, files: logs) }

    private func report(_ plan: RotationPlan) {
        guard plan.isBroken else { return }
        let amount = plan.missedBytes > 0 ? "at least \(plan.missedBytes) bytes" : "an unknown number of bytes"
        reporter.missed(plan.missedBytes, "\(path): was rotated and is gone or compressed; \(amount) may have been missed")
    }

    // MARK: Reading

    private var logs: [OpenLog] { older + (current.map { [$0] } ?? []) }

    private var lag: UInt64 { logs.reduce(0) { $0 + $1.lag } }

    /// Reads from the first file that has something new; `false` when there is nothing to do but wait.
    private func readSomething() -> Bool {
        for log in logs {
            do {
                switch try log.read(configuration.chunkSize) {
                case .nothingNew: continue
                case .pieces(let pieces): handOn(pieces, of: log)
                case .rewritten: try followTruncation(of: log)
                }
                return true
            } catch {
                wait(for: SourceError(error.code, "\(log.path): \(error.message)"))
            }
        }
        return false
    }

    private func handOn(_ pieces: [LineChunker.Piece], of log: OpenLog) {
        log.lastGrowth = reporter.clock.now()
        for piece in pieces {
            log.handOn(piece)
            pending.append(SourceChunk(bytes: piece.bytes, position: standing, beginsFile: !log.hasBegun, part: piece.part))
            log.hasBegun = true
        }
        if !pending.isEmpty, logs.allSatisfy(\.isAtEnd) { pending[pending.count - 1].isCaughtUp = true }
    }

    private func takePending() -> SourceChunk? {
        guard !pending.isEmpty else { return nil }
        let chunk = pending.removeFirst()
        reporter.handedOn(chunk.bytes.count, lag: lag)
        return chunk
    }

    /// Where everything stands.
    private var standing: SourcePosition {
        if let current { main = position(in: current) }
        return main.map { .file($0, older: older.map(\.position)) } ?? .beginning
    }

    /// The position in `log`, with the latest change of any file that was read: what changed later was never read.
    private func position(in log: OpenLog) -> FilePosition {
        var position = log.position
        for known in logs.map(\.position) + (main.map { [$0] } ?? []) { position.modified = max(position.modified, known.modified) }
        return position
    }

    /// An empty chunk with the position, once, as soon as that is known: a crash before the first line then loses none.
    private func announcement() -> SourceChunk? {
        guard !isAnnounced, current != nil || start != nil else { return nil }
        isAnnounced = true
        return SourceChunk(bytes: [], position: standing, isCaughtUp: logs.allSatisfy(\.isAtEnd))
    }

    // MARK: Letting go

    /// Lets go of rotated files that were quiet for long enough, and of a log that was deleted and not made again.
    private func letGoOfQuietFiles() {
        let limit = reporter.clock.now() - configuration.grace
        for log in older where log.lastGrowth <= limit || older.count > Self.mostOlder {
            older.removeAll { $0 === log }
            finish(log)
        }
        guard let current, current.lastGrowth <= limit, (try? current.isLinked()) == false else { return }
        self.current = nil
        main = older.isEmpty ? nil : position(in: current)
        (start, isAnnounced) = (.beginning, false)
        finish(current)
    }

    private func finish(_ log: OpenLog) {
        if let piece = log.finish() { handOn([piece], of: log) }
        passed = passed.suffix(Self.mostPassed - 1) + [log.position]
        watchFiles()
    }

    private static let mostOlder = 8
    private static let mostPassed = 64
}
