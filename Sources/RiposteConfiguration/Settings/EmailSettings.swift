public import Riposte

/// How mail is sent.
public struct EmailSettings: Sendable, Hashable {
    public enum Encryption: String, Sendable, Hashable, CaseIterable { case starttls, implicit, none }

    public var host: String
    /// `nil` = the usual one: 587 with `starttls`, 465 with `implicit`, 25 with `none`.
    public var port: Int?
    public var encryption: Encryption
    public var username: String?
    public var password: Secret?
    public var from: String
    public var to: [String]
    /// The file with the certificate authorities to trust; `nil` = the system's.
    public var authorities: String?

    public init(
        host: String, port: Int? = nil, encryption: Encryption = .starttls, username: String? = nil, password: Secret? = nil, from: String,
        to: [String], authorities: String? = nil
    ) {
        self.host = host
        self.port = port
        self.encryption = encryption
        self.username = username
        self.password = password
        self.from = from
        self.to = to
        self.authorities = authorities
    }
}
