public import Riposte

/// How accounts are worked on in an LDAP directory.
public struct LDAPConfiguration: Sendable, Hashable {
    /// What stands in an entry while a restriction holds.
    public struct Mark: Sendable, Hashable {
        public var attribute: String
        public var value: String

        public init(_ attribute: String, _ value: String) {
            self.attribute = attribute
            self.value = value
        }

        /// The password policy's lock without end (draft-behera-ldap-password-policy, 5.3.3).
        public static let lock = Mark("pwdAccountLockedTime", "000001010000Z")
        /// The password policy's demand for a new password.
        public static let passwordReset = Mark("pwdReset", "TRUE")

        /// Attributes that hold one value: what is in them is replaced.
        var isSingle: Bool { ["pwdaccountlockedtime", "pwdreset"].contains(attribute.lowercased()) }
    }

    /// `ldap://`, `ldaps://` or `ldapi://`.
    public var url: String
    /// Whether the connection is encrypted before anything is said.
    public var startTLS: Bool
    /// The file with the certificate authorities to trust; `nil` = the system's.
    public var authorities: String?
    /// As whom to sign in; `nil` = as nobody.
    public var bindName: String?
    public var password: Secret?
    /// The entry below which accounts are.
    public var base: String
    public var filter: LDAPFilter
    public var marks: [AccountRestriction: Mark]
    /// The attribute with an account's mail address.
    public var mailAttribute: String
    /// How long one order may take, connecting included.
    public var timeout: Duration

    public init(
        url: String, startTLS: Bool = true, authorities: String? = nil, bindName: String? = nil, password: Secret? = nil, base: String,
        filter: LDAPFilter, marks: [AccountRestriction: Mark] = [.lock: .lock, .passwordReset: .passwordReset],
        mailAttribute: String = "mail", timeout: Duration = .seconds(10)
    ) {
        self.url = url
        self.startTLS = startTLS
        self.authorities = authorities
        self.bindName = bindName
        self.password = password
        self.base = base
        self.filter = filter
        self.marks = marks
        self.mailAttribute = mailAttribute
        self.timeout = timeout
    }
}

extension LDAPConfiguration {
    var isEncrypted: Bool { startTLS || url.lowercased().hasPrefix("ldaps:") }

    /// What is said where the server's certificate does not do.
    var distrust: String {
        "the certificate of \(url) is not trusted: it has run out, is for another name, or is signed by an authority that is not "
            + (authorities.map { "in \($0)" } ?? "among the system's")
            + ". Renew it there, or name the file with its authority in “ca_file”"
    }
}

/// A search filter with a place for the user's name, `(uid={{ user }})`.
public struct LDAPFilter: Sendable, Hashable {
    private let parts: [String]

    /// `nil` where there is no such place, or something else between braces.
    public init?(_ text: String) {
        var parts = [""]
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            let inside = rest[open.upperBound...]
            guard let close = inside.firstRange(of: "}}"), inside[..<close.lowerBound].split(separator: " ") == ["user"] else { return nil }
            parts[parts.count - 1] += rest[..<open.lowerBound]
            parts.append("")
            rest = inside[close.upperBound...]
        }
        guard parts.count > 1 else { return nil }
        parts[parts.count - 1] += rest
        self.parts = parts
    }

    /// The filter for `user`, whose name stays a name whatever it holds.
    func text(for user: String) -> String { parts.joined(separator: Self.escaped(user)) }

    /// RFC 4515, section 3: all but what is surely harmless is written as its code.
    static func escaped(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@".utf8)
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            guard !plain.contains(byte) else {
                escaped.append(byte)
                continue
            }
            escaped += Array("\\\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
