/// One thing an action works on: an address or network, an account, a session.
///
/// Its text is `203.0.113.9`, `203.0.113.0/24`, `user:alice` or `session:4f2a`, in the command line and in records.
public enum Target: Sendable, Hashable, Comparable {
    /// An address, or a network where a playbook writes it out.
    case address(AddressRange)
    /// An account, by its id.
    case user(String)
    /// A session, by its name.
    case session(String)

    /// The kinds, as an action declares which it needs.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Addresses and networks.
        case address
        /// Accounts.
        case user
        /// Sessions.
        case session
    }

    /// Which kind of target this is.
    public var kind: Kind {
        switch self {
        case .address: .address
        case .user: .user
        case .session: .session
        }
    }

    /// The value without its kind.
    public var value: String {
        switch self {
        case .address(let range): range.description
        case .user(let name): name
        case .session(let id): id
        }
    }

    public static func < (a: Target, b: Target) -> Bool { a.description < b.description }
}

extension Target: LosslessStringConvertible, Codable {
    /// Reads the text form; a bare word that is not an address is `nil`.
    public init?(_ text: String) {
        if text.hasPrefix("user:"), text.utf8.count > 5 {
            self = .user(String(text.dropFirst(5)))
        } else if text.hasPrefix("session:"), text.utf8.count > 8 {
            self = .session(String(text.dropFirst(8)))
        } else if let range = AddressRange(text) {
            self = .address(range)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .address(let range): range.description
        case .user(let name): "user:\(name)"
        case .session(let id): "session:\(id)"
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Target(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(text)” is not a target")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
