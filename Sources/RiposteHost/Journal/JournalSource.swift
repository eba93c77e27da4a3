public import Riposte

/// Follows the systemd journal: entries of some units or identifiers, each as one line in the form
/// `2026-11-21T07:01:02.123456Z host sshd[7]: message`.
///
/// An entry without a message is passed over. A control byte in a message is written as `#` and three octal digits, so
/// that no message makes two lines. Journal entries whose cursor is no longer there (vacuumed) are told by the health.
public struct JournalSource: EventSource {
    /// Which entries to read.
    public enum Selection: Sendable, Hashable {
        /// Those of a systemd unit, such as `ssh.service`: systemd itself vouches for that.
        case unit(String)
        /// Those under a syslog identifier, such as `sshd`. Every local user can write entries under any identifier.
        case identifier(String)

        var match: String {
            switch self {
            case .unit(let name): "_SYSTEMD_UNIT=" + name
            case .identifier(let name): "SYSLOG_IDENTIFIER=" + name
            }
        }
    }

    /// Which journal to read.
    public enum Place: Sendable, Hashable, CustomStringConvertible {
        /// This machine's own.
        case system
        /// The journal files in a folder.
        case directory(String)
        case files([String])

        public var description: String {
            switch self {
            case .system: "the journal"
            case .directory(let path): "the journal in \(path)"
            case .files(let paths): "the journal files \(paths.joined(separator: ", "))"
            }
        }
    }

    /// Where to begin with a journal that was never read.
    public enum Start: String, Sendable, Hashable, CaseIterable {
        case beginning, end
    }

    public let name: SourceName
    private let settings: JournalFollower.Settings
    private let clock: any WallClock
    private let health: SourceHealthBoard

    /// Creates a source of the entries that any of `selections` names; of all entries where there is none.
    ///
    /// - Parameter checkInterval: how often to look when nothing tells of a change.
    public init(
        _ selections: [Selection], in place: Place = .system, name: SourceName, startAt: Start = .end,
        checkInterval: Duration = .seconds(5), health: SourceHealthBoard, clock: any WallClock = SystemClock()
    ) {
        self.name = name
        settings = .init(selections: selections, place: place, start: startAt, checkInterval: checkInterval)
        (self.health, self.clock) = (health, clock)
    }

    public var canReadAgain: Bool { true }

    /// Delivers an empty chunk first, which tells where it stands, then the entries. Returns only by an error.
    public func run(from position: SourcePosition?, deliver: (consuming SourceChunk) async throws -> Void) async throws {
        try await read(from: position, upTo: nil, to: deliver)
    }

    public func read(
        from mark: SourcePosition, upTo position: SourcePosition, deliver: (consuming SourceChunk) async throws -> Void
    ) async throws {
        guard case .journal(let end) = position, mark != position else { return }
        try await read(from: mark, upTo: end, to: deliver)
    }

    private func read(
        from position: SourcePosition?, upTo end: JournalPosition?, to deliver: (consuming SourceChunk) async throws -> Void
    ) async throws {
        let reporter = HealthReporter(name: name, board: health, clock: clock)
        try await reporter.watching {
            try await deliverChunks { [settings] wakeUp in
                try JournalFollower(settings, from: position, upTo: end, reporter: reporter, wakeUp: wakeUp)
            } to: {
                try await deliver($0)
            }
        }
    }
}
