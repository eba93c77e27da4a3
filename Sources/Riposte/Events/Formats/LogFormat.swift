/// The log formats that are read.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// OpenSSH's messages in syslog: ``SSHDParser``.
    case sshd
    /// The access log of nginx and Apache: ``AccessLogParser``.
    case nginx
    /// A JSON object a line: ``JSONLinesParser``.
    case jsonl

    /// The format with this name or one of its other names: `apache`, `combined`, `common`; `json`, `ndjson`; `syslog`.
    public init?(name: String) {
        switch name.lowercased() {
        case "sshd", "syslog", "openssh": self = .sshd
        case "nginx", "apache", "combined", "common": self = .nginx
        case "jsonl", "json", "ndjson": self = .jsonl
        default: return nil
        }
    }

    /// A parser of this format.
    ///
    /// - Parameters:
    ///   - timezone: what times without an offset are local to.
    ///   - source: the name its events carry.
    ///   - firstSequence: the number of its first event.
    public func make(timezone: TimeZoneRule = .utc, source: SourceName, firstSequence: UInt64 = 0) -> any LineParser {
        switch self {
        case .sshd: SSHDParser(timezone: timezone, source: source, firstSequence: firstSequence)
        case .nginx: AccessLogParser(source: source, firstSequence: firstSequence)
        case .jsonl: JSONLinesParser(timezone: timezone, source: source, firstSequence: firstSequence)
        }
    }

    /// A reader of this format, from bytes to events, with no dynamic call per line. Parameters as for
    /// ``make(timezone:source:firstSequence:)``.
    ///
    /// - Parameter lineLimit: the longest line that is looked at, in bytes.
    public func reader(
        timezone: TimeZoneRule = .utc, source: SourceName, firstSequence: UInt64 = 0, lineLimit: Int = LineSplitter.defaultLimit
    ) -> any EventReading {
        switch self {
        case .sshd:
            EventReader(SSHDParser(timezone: timezone, source: source, firstSequence: firstSequence), lineLimit: lineLimit)
        case .nginx:
            EventReader(AccessLogParser(source: source, firstSequence: firstSequence), lineLimit: lineLimit)
        case .jsonl:
            EventReader(JSONLinesParser(timezone: timezone, source: source, firstSequence: firstSequence), lineLimit: lineLimit)
        }
    }
}
