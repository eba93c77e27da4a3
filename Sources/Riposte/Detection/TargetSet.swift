/// Whom an anomaly or a run is about. An empty set never means "all".
public struct TargetSet: Sendable, Hashable {
    /// Attacking addresses. The shipped detectors name no network wider than an attacker's own /64; a playbook may.
    public var addresses: [AddressRange]
    /// Accounts under attack or taken over: existing accounts only, with at least 5 failures in the anomaly.
    public var users: [String]
    /// Sessions that the events name.
    public var sessions: [String]

    /// Creates a set; with nothing said nobody is meant.
    public init(addresses: [AddressRange] = [], users: [String] = [], sessions: [String] = []) {
        self.addresses = addresses
        self.users = users
        self.sessions = sessions
    }

    /// The set of one.
    init(_ target: Target) {
        self.init()
        switch target {
        case .address(let range): addresses = [range]
        case .user(let user): users = [user]
        case .session(let session): sessions = [session]
        }
    }

    /// Whether nobody is meant. A step that needs a target then fails.
    public var isEmpty: Bool { addresses.isEmpty && users.isEmpty && sessions.isEmpty }

    /// Every target, in a stable order.
    public var all: [Target] { addresses.map(Target.address) + users.map(Target.user) + sessions.map(Target.session) }

    /// Whether exactly this target is meant. A network does not contain its addresses here.
    public func contains(_ target: Target) -> Bool {
        switch target {
        case .address(let range): addresses.contains(range)
        case .user(let user): users.contains(user)
        case .session(let session): sessions.contains(session)
        }
    }
}

extension TargetSet: Codable {
    private enum CodingKeys: String, CodingKey { case addresses, users, sessions }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        addresses = try container.decodeIfPresent([AddressRange].self, forKey: .addresses) ?? []
        users = try container.decodeIfPresent([String].self, forKey: .users) ?? []
        sessions = try container.decodeIfPresent([String].self, forKey: .sessions) ?? []
    }

    /// Leaves out what is empty.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !addresses.isEmpty { try container.encode(addresses, forKey: .addresses) }
        if !users.isEmpty { try container.encode(users, forKey: .users) }
        if !sessions.isEmpty { try container.encode(sessions, forKey: .sessions) }
    }
}
