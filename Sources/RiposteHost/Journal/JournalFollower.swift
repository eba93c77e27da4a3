internal import Riposte

/// Reads the journal from a position on, and waits at its end for more, or stops at a given entry.
final class JournalFollower: ChunkProducer {
    struct Settings: Sendable {
        var selections: [JournalSource.Selection]
        var place: JournalSource.Place
        var start: JournalSource.Start
        var checkInterval: Duration
    }

    private let settings: Settings
    private let reporter: HealthReporter
    private let wakeUp: WakeUp
    /// The last entry to read; `nil` to follow without an end.
    private let end: JournalPosition?
    private var journal: Journal?
    private var position: SourcePosition?
    /// Whether the journal stands at an entry that was not handed on yet.
    private var standsAtNew = false
    private var isAnnounced: Bool
    private var isDone = false

    init(
        _ settings: Settings, from position: SourcePosition?, upTo end: JournalPosition?, reporter: HealthReporter, wakeUp: WakeUp
    ) throws(SourceError) {
        switch position {
        case .file, .stream: throw SourceError(.wrongPosition, "\(reporter.name): the stored position is not one in the journal")
        case .journal, .beginning, nil: break
        }
        (self.settings, self.position, self.end, self.reporter, self.wakeUp) = (settings, position, end, reporter, wakeUp)
        isAnnounced = end != nil
    }

    func next() throws -> SourceChunk? {
        while true {
            guard try wakeUp.isQuiet else { throw CancellationError() }
            do {
                if let chunk = try step() { return chunk }
                if isDone || end != nil { return nil }
            } catch {
                reporter.waiting(error)
                journal = nil  // opened anew: what was read so far is in the position
                if end != nil { throw error }
            }
            guard try wakeUp.wait(for: journal?.descriptor, timeout: settings.checkInterval) else { throw CancellationError() }
            journal?.process()
        }
    }

    /// Opens the journal where needed, and reads what is there.
    private func step() throws(SourceError) -> SourceChunk? {
        let journal = if let journal { journal } else { try openAtPosition() }
        if !isAnnounced {
            isAnnounced = true
            return SourceChunk(bytes: [], position: position ?? .beginning)
        }
        let chunk = try chunk(from: journal)
        reporter.following()
        return chunk
    }

    private func openAtPosition() throws(SourceError) -> Journal {
        let opened = try Journal(settings.place, selecting: settings.selections)
        _ = opened.descriptor  // watched from here on, so that nothing is overlooked between a read and a wait
        try seek(opened)
        journal = opened
        return opened
    }

    private func seek(_ journal: Journal) throws(SourceError) {
        standsAtNew = false
        switch position {
        case .journal(let place):
            guard let cursor = place.cursor else { return try journal.seek(to: place.realtime) }
            try journal.seek(to: cursor)
            guard try journal.next(), !journal.isAt(cursor) else { return }
            standsAtNew = true
            reporter.missed(0, "\(reporter.name): the entry it had come to is no longer in the journal; entries may have been missed")
        case nil where settings.start == .end:
            try journal.seekTail()
            if try journal.previous() {
                position = .journal(try journal.position())
            } else {
                try journal.seekHead()  // from the tail of an empty journal sd-journal would not see what comes
            }
        default: try journal.seekHead()
        }
    }

    /// The next lines, no more than fit a chunk; `nil` where there is nothing new.
    private func chunk(from journal: Journal) throws(SourceError) -> SourceChunk? {
        var bytes: [UInt8] = []
        var place: JournalPosition?
        var isCaughtUp = false
        while bytes.count < Self.chunkSize, !isDone {
            if standsAtNew {
                standsAtNew = false
            } else if try !journal.next() {
                isCaughtUp = true
                break
            }
            if let end, try isBehind(end, journal) { break }
            try journal.line()?.append(to: &bytes)
            place = try journal.position()
        }
        guard let place else { return nil }
        position = .journal(place)
        reporter.handedOn(bytes.count, lag: 0)
        return SourceChunk(bytes: bytes, position: .journal(place), isCaughtUp: isCaughtUp)
    }

    /// Whether the journal stands behind `end`; takes note when it stands at it.
    private func isBehind(_ end: JournalPosition, _ journal: Journal) throws(SourceError) -> Bool {
        if let cursor = end.cursor, journal.isAt(cursor) {
            isDone = true
            return false
        }
        isDone = try journal.realtime() > end.realtime
        return isDone
    }

    private static let chunkSize = 64 * 1024
}
