internal import Riposte

/// A syslog server and how it is spoken to.
public struct SyslogServer: Sendable, Hashable, CustomStringConvertible {
    public enum Transport: String, Sendable, Hashable, CaseIterable {
        /// One datagram for each message (RFC 5426): nobody learns whether it arrived.
        case udp
        /// Messages with their length before them (RFC 6587, octet counting), in the clear.
        case tcp
        /// The same, encrypted (RFC 5425).
        case tls

        public var defaultPort: UInt16 {
            switch self {
            case .udp: 514
            case .tcp: 601
            case .tls: 6514
            }
        }

        /// UDP: what no path with IPv6's least MTU of 1,280 cuts in pieces, and what each receiver there must take (RFC 5426,
        /// section 3.2). Otherwise what a receiver should take (RFC 5425, section 4.3.1).
        public var defaultMaximumSize: Int { self == .udp ? 1180 : 8192 }
    }

    public let host: String
    public let port: UInt16
    public let transport: Transport

    /// `nil` where the host is no name or address.
    public init?(host: String, port: UInt16? = nil, transport: Transport = .udp) {
        let port = port ?? transport.defaultPort
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        guard !host.contains("/"), let url = try? HTTPURL("https://\(bracketed):\(port)"), url.port == port else { return nil }
        self.host = url.host
        self.port = port
        self.transport = transport
    }

    /// Whether it is written as this machine's own: only then loopback addresses may be connected to without being listed.
    public var isThisMachine: Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }

    public var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    func policy(allowing networks: [AddressRange]) -> AddressPolicy {
        let own = isThisMachine ? ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) } : []
        return AddressPolicy(allowedNetworks: networks + own)
    }
}
