public import Riposte

/// Where mail goes out, from whom and to whom.
public struct EmailConfiguration: Sendable, Hashable {
    public var server: MailServer
    public var from: MailAddress
    public var to: [MailAddress]
    public var username: String?
    public var password: Secret?
    /// The file with the certificate authorities to trust (PEM); the system's where `nil`.
    public var certificateAuthorities: String?
    /// Addresses that are refused by default and may be connected to; see ``AddressPolicy``.
    public var allowedNetworks: [AddressRange]
    public var connectTimeout: Duration
    /// For one mail, from the call to the server's answer.
    public var timeout: Duration

    public init(
        server: MailServer, from: MailAddress, to: [MailAddress], username: String? = nil, password: Secret? = nil,
        certificateAuthorities: String? = nil, allowedNetworks: [AddressRange] = [], connectTimeout: Duration = .seconds(5),
        timeout: Duration = .seconds(25)
    ) {
        self.server = server
        self.from = from
        self.to = to
        self.username = username
        self.password = password
        self.certificateAuthorities = certificateAuthorities
        self.allowedNetworks = allowedNetworks
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }

    /// What keeps it from working; `nil` where nothing does.
    public var problem: String? { to.isEmpty ? "there is nobody to send mail to" : serverProblem }

    /// The same for mails whose recipients are found out later.
    var serverProblem: String? {
        if (username == nil) != (password == nil) { return "a user name and a password go together" }
        guard password != nil, server.encryption == .none, !server.isThisMachine else { return nil }
        return "the password would go to \(server) in the clear"
    }
}
