/// Where syslog messages go.
public struct SyslogSettings: Sendable, Hashable {
    public enum Transport: String, Sendable, Hashable, CaseIterable { case udp, tcp, tls }

    public var host: String
    /// `nil` = the usual one: 514 with `udp`, 601 with `tcp`, 6514 with `tls`.
    public var port: Int?
    public var transport: Transport
    /// A word of `syslog.h`.
    public var facility: String
    /// What is shown as the host; `nil` = this machine's name.
    public var source: String?
    /// In bytes; `nil` = 1,180 with `udp`, 8,192 otherwise.
    public var maximumSize: Int?
    /// The file with the certificate authorities to trust; `nil` = the system's.
    public var authorities: String?

    /// The words that ``facility`` can be.
    public static let facilities = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "local0", "local1", "local2",
        "local3", "local4", "local5", "local6", "local7",
    ]

    public init(
        host: String, port: Int? = nil, transport: Transport = .udp, facility: String = "local0", source: String? = nil,
        maximumSize: Int? = nil, authorities: String? = nil
    ) {
        self.host = host
        self.port = port
        self.transport = transport
        self.facility = facility
        self.source = source
        self.maximumSize = maximumSize
        self.authorities = authorities
    }
}
