public import Riposte

/// Where syslog messages go, and as what.
public struct SyslogConfiguration: Sendable, Hashable {
    public var server: SyslogServer
    public var facility: Facility
    /// What is shown as the host that a message comes from: this machine's name.
    public var hostname: String
    /// In bytes; a message that is longer is cut. From 480, which every receiver takes, to 65,000.
    public var maximumSize: Int
    /// The file with the certificate authorities to trust (PEM); the system's where `nil`.
    public var certificateAuthorities: String?
    /// Addresses that are refused by default and may be connected to; see ``AddressPolicy``.
    public var allowedNetworks: [AddressRange]
    public var connectTimeout: Duration

    /// RFC 5424, table 1; the words are those of `syslog.h`.
    public enum Facility: String, Sendable, Hashable, CaseIterable {
        case kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp
        case local0, local1, local2, local3, local4, local5, local6, local7

        public var code: Int {
            let index = Self.allCases.firstIndex(of: self) ?? 0
            return index < 12 ? index : index + 4  // 12 to 15 have no word
        }
    }

    public init(
        server: SyslogServer, facility: Facility = .local0, hostname: String, maximumSize: Int? = nil,
        certificateAuthorities: String? = nil, allowedNetworks: [AddressRange] = [], connectTimeout: Duration = .seconds(5)
    ) {
        self.server = server
        self.facility = facility
        self.hostname = hostname
        self.maximumSize = min(max(maximumSize ?? server.transport.defaultMaximumSize, 480), 65_000)
        self.certificateAuthorities = certificateAuthorities
        self.allowedNetworks = allowedNetworks
        self.connectTimeout = connectTimeout
    }
}
