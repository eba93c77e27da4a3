/// A target that is left alone for a while, with who said so and why.
public struct AllowlistEntry: Sendable, Hashable, Codable, Identifiable {
    /// Names it in the store; another entry may be about the same target.
    public var id: String
    /// An address, a network or an account. What overlaps it is left alone too.
    public var target: Target
    /// Who put it there.
    public var author: String
    /// Why, in their words.
    public var reason: String
    /// From when on it counts.
    public var createdAt: Timestamp
    /// `nil` = until it is removed.
    public var expiresAt: Timestamp?
    /// Where an operator sits: protected, which is more than allowed.
    public var isOperator: Bool
    /// When it was taken off; `nil` = it was not.
    public var removedAt: Timestamp?
    /// Who took it off.
    public var removedBy: String?

    /// Creates an entry; it counts once it is in the store.
    public init(
        id: String, target: Target, author: String, reason: String, createdAt: Timestamp, expiresAt: Timestamp?, isOperator: Bool = false
    ) {
        self.id = id
        self.target = target
        self.author = author
        self.reason = reason
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.isOperator = isOperator
    }

    /// Whether it counts at `time`.
    public func isInForce(at time: Timestamp) -> Bool { removedAt == nil && expiresAt.map { $0 > time } ?? true }

    /// For how long the address of an operator is protected.
    public static let operatorDuration: Duration = .hours(12)
    /// The widest networks that may be listed: to leave everybody alone, there is `pause`.
    public static let widest = (v4: 8, v6: 19)

    /// What is wrong with listing `target`; `nil` = nothing.
    static func problem(with target: Target) -> String? {
        guard case .address(let range) = target else { return nil }
        let limit = range.network.isV4 ? widest.v4 : widest.v6
        guard range.prefixLength < limit else { return nil }
        return "\(range) is wider than /\(limit), the widest network that may be listed; to stop everything there is: riposte pause"
    }
}

extension Target {
    /// Whether acting on one acts on the other: networks that share an address, the same account however it is written, the
    /// same session.
    func overlaps(_ other: Target) -> Bool {
        switch (self, other) {
        case (.address(let own), .address(let range)): own.reaches(range)
        case (.user(let own), .user(let user)): AccountName(own) == AccountName(user)
        default: self == other
        }
    }
}
