internal import Riposte

/// Reads a stretch of a log again, across the rotated files.
final class FileStretch: ChunkProducer {
    private let configuration: FileFollower.Configuration
    private let reporter: HealthReporter
    private let wakeUp: WakeUp
    private let path: String
    private var segments: [RotationPlan.Segment]
    /// From where on each file is new: that is for ``FollowedFile`` to hand on.
    private let limits: [FileIdentity: UInt64]
    private var log: OpenLog?
    private var pending: [LineChunker.Piece] = []

    init(
        path: String, from mark: SourcePosition, upTo position: SourcePosition, configuration: FileFollower.Configuration,
        reporter: HealthReporter, wakeUp: WakeUp
    ) throws(SourceError) {
        (self.path, self.configuration, self.reporter, self.wakeUp) = (path, configuration, reporter, wakeUp)
        guard case .file(let end, let older) = position else {
            (segments, limits) = ([], [:])
            return
        }
        let contents = try LogFolder(path: path).contents(withInodes: mark.inodes.union(position.inodes))
        let after = RotationPlan(after: end, current: try? contents.current.get(), siblings: contents.siblings)
        var limits = Dictionary(older.map { ($0.identity, $0.offset) }) { $1 }
        for segment in after.segments { limits[segment.identity] = segment.offset }
        self.limits = limits
        segments = []
        segments = stretch(from: mark, in: contents)
    }

    func next() throws -> SourceChunk? {
        while true {
            guard try wakeUp.isQuiet else { throw CancellationError() }
            if let log, !pending.isEmpty { return chunk(of: log) }
            if log == nil, try !openNext() { return nil }
            try readOn()
        }
    }

    private func stretch(from mark: SourcePosition, in contents: LogFolder.Contents) -> [RotationPlan.Segment] {
        guard case .file(let begin, let older) = mark else { return [] }
        let plan = RotationPlan(after: begin, current: try? contents.current.get(), siblings: contents.siblings)
        if plan.isBroken {
            reporter.missed(0, "\(path): part of what is to be read again is gone or compressed; the detectors begin with less")
        }
        return rest(of: older, in: contents.siblings) + plan.segments
    }

    /// What lines were appended to rotated files after the mark.
    private func rest(of older: [FilePosition], in siblings: [LogSibling]) -> [RotationPlan.Segment] {
        older.compactMap { position in
            let match = siblings.first { $0.isSameFile(as: position) && $0.continues(position) }
            return match.map {
                RotationPlan.Segment(
                    path: $0.path, identity: $0.identity, offset: position.offset, isInsideLine: position.isInsideLine,
                    isCurrent: false)
            }
        }
    }

    /// Opens the next file that has something before its limit; a file that was rotated just now is found by the next
    /// restart, so what cannot be opened is told and left out.
    private func openNext() throws -> Bool {
        while !segments.isEmpty {
            let segment = segments.removeFirst()
            guard segment.offset < limits[segment.identity, default: .max] else { continue }
            do {
                log = try OpenLog(
                    path: segment.path, offset: segment.offset, isInsideLine: segment.isInsideLine,
                    longestLine: configuration.longestLine, now: reporter.clock.now())
                return true
            } catch {
                reporter.missed(0, "\(error); the detectors begin with less")
            }
        }
        return false
    }

    private func readOn() throws {
        guard let log else { return }
        if case .pieces(let pieces) = try log.read(configuration.chunkSize, upTo: limits[log.identity, default: .max]) {
            pending += pieces
        } else {
            pending += [log.finish()].compactMap(\.self)
            if pending.isEmpty { self.log = nil }
        }
    }

    private func chunk(of log: OpenLog) -> SourceChunk {
        let piece = pending.removeFirst()
        log.handOn(piece)
        defer { log.hasBegun = true }
        return SourceChunk(
            bytes: piece.bytes, position: .file(log.position, older: []), isCaughtUp: false, beginsFile: !log.hasBegun, part: piece.part)
    }
}
