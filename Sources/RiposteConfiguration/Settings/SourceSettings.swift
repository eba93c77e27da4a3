public import Riposte

/// A place that events are read from.
public struct SourceSettings: Sendable, Hashable {
    public enum Origin: Sendable, Hashable {
        /// A log file that is followed, over rotation too.
        case file(path: String)
        /// A unit's messages in the systemd journal, read as sshd's.
        case journal(unit: String)
        case standardInput
    }

    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Found out from the first lines.
        case auto
        case sshd, nginx, apache, jsonl
    }

    /// Where reading begins the first time; later it goes on where it stopped.
    public enum Start: String, Sendable, Hashable, CaseIterable {
        case end, beginning
    }

    public var origin: Origin
    public var format: Format
    /// The zone of times that name none, as the time zone database calls it (`Europe/Berlin`); `nil` = the system's.
    public var timeZone: String?
    public var start: Start

    public init(_ origin: Origin, format: Format = .auto, timeZone: String? = nil, start: Start = .end) {
        self.origin = origin
        self.format = format
        self.timeZone = timeZone
        self.start = start
    }

    /// What its events are marked with: the path, `journal:ssh.service`, `stdin`.
    public var name: SourceName {
        switch origin {
        case .file(let path): SourceName(path)
        case .journal(let unit): SourceName("journal:\(unit)")
        case .standardInput: "stdin"
        }
    }
}
