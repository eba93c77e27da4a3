internal import Riposte

/// A mail server and how it is spoken to.
public struct MailServer: Sendable, Hashable, CustomStringConvertible {
    public enum Encryption: String, Sendable, Hashable, CaseIterable {
        /// Begins in the clear and goes on encrypted, or not at all.
        case startTLS = "starttls"
        /// Encrypted from the first byte.
        case implicit
        /// In the clear, for a server on this machine.
        case none

        public var defaultPort: Int {
            switch self {
            case .startTLS: 587
            case .implicit: 465
            case .none: 25
            }
        }
    }

    public let host: String
    public let port: UInt16
    public let encryption: Encryption

    /// `nil` where the host is no name or address.
    public init?(host: String, port: UInt16? = nil, encryption: Encryption = .startTLS) {
        let port = port ?? UInt16(encryption.defaultPort)
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        guard !host.contains("/"), let url = try? HTTPURL("https://\(bracketed):\(port)"), url.port == port else { return nil }
        self.host = url.host
        self.port = port
        self.encryption = encryption
    }

    /// Whether it is written as this machine's own: `localhost`, `127.0.0.1`, `::1`. Only then loopback addresses may be
    /// connected to without being listed, and a password may go out in the clear.
    public var isThisMachine: Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }

    public var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    var url: String { (encryption == .implicit ? "smtps://" : "smtp://") + description }

    func policy(allowing networks: [AddressRange]) -> AddressPolicy {
        let own = isThisMachine ? ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) } : []
        return AddressPolicy(allowedNetworks: networks + own)
    }
}
