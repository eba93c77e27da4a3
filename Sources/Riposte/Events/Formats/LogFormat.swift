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
    public func make(timezone: TimeZoneRule = .utc, source: SourceName) -> any LineParser {
        switch self {
        case .sshd: SSHDParser(timezone: timezone, source: source)
        case .nginx: AccessLogParser(source: source)
        case .jsonl: JSONLinesParser(timezone: timezone, source: source)
        }
    }

    /// A reader of this format: bytes in, events out, with no dynamic call per line.
    public func reader(
        timezone: TimeZoneRule = .utc, source: SourceName, lineLimit: Int = LineSplitter.defaultLimit
    ) -> any EventReading {
        switch self {
        case .sshd: EventReader(SSHDParser(timezone: timezone, source: source), lineLimit: lineLimit)
        case .nginx: EventReader(AccessLogParser(source: source), lineLimit: lineLimit)
        case .jsonl: EventReader(JSONLinesParser(timezone: timezone, source: source), lineLimit: lineLimit)
        }
    }
}
