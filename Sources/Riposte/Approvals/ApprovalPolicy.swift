/// How a playbook, a step or the settings want people to be asked. What is `nil` is left to the next wider one: a step leaves it
/// to its playbook, a playbook to the settings, the settings to ``standard``.
public struct ApprovalPolicy: Sendable, Hashable {
    /// Who may answer: names of people and of roles. Empty = whoever may work with the engine.
    public var approvers: [String]?
    /// How many different people must grant it. One who denies it is enough.
    public var quorum: Int?
    /// Whether who has asked for a run by hand may not let it through.
    public var hasFourEyes: Bool?
    /// How long people have to answer. After that it is not done.
    public var timeout: Duration?
    /// Through which channels they are asked; empty = all there are.
    public var channels: [ChannelName]?

    /// Creates a policy; what is left out is left to the next wider one.
    public init(
        approvers: [String]? = nil, quorum: Int? = nil, hasFourEyes: Bool? = nil, timeout: Duration? = nil, channels: [ChannelName]? = nil
    ) {
        self.approvers = approvers
        self.quorum = quorum
        self.hasFourEyes = hasFourEyes
        self.timeout = timeout
        self.channels = channels
    }

    /// Anybody, one of them, within an hour, asked through every channel.
    public static let standard = ApprovalPolicy(approvers: [], quorum: 1, hasFourEyes: false, timeout: .hours(1), channels: [])

    /// Whether it says nothing, so that the next wider one holds as it is.
    public var isEmpty: Bool { self == ApprovalPolicy() }

    /// This, and what it leaves open from `wider`.
    func over(_ wider: ApprovalPolicy) -> ApprovalPolicy {
        ApprovalPolicy(
            approvers: approvers ?? wider.approvers, quorum: quorum ?? wider.quorum, hasFourEyes: hasFourEyes ?? wider.hasFourEyes,
            timeout: timeout ?? wider.timeout, channels: channels ?? wider.channels)
    }
}

/// Who may answer one question, and how many it takes.
public struct ApprovalRule: Sendable, Hashable, Codable {
    /// Names of people and of roles; empty = whoever may work with the engine.
    public var approvers: [String]
    /// How many different people must say yes; at least 1.
    public var quorum: Int
    /// Who has asked for the run and may therefore not let it through.
    public var requester: String?

    /// Creates a rule; a quorum below 1 becomes 1.
    public init(approvers: [String] = [], quorum: Int = 1, requester: String? = nil) {
        self.approvers = approvers
        self.quorum = max(quorum, 1)
        self.requester = requester
    }

    /// Why `actor` may not answer; `nil` where they may.
    ///
    /// - Parameter roles: who has which role now. A name among the approvers that is a role means whoever has it.
    func refusal(of actor: String, to decision: Vote.Decision, roles: [String: [String]]) -> String? {
        if !approvers.isEmpty, !approvers.contains(where: { roles[$0]?.contains(actor) ?? ($0 == actor) }) {
            return "\(actor) is not among those who may answer: \(approvers.joined(separator: ", "))"
        }
        // Another spelling is no other person.
        guard decision == .grant, let requester, AccountName(actor) == AccountName(requester) else { return nil }
        return "\(actor) has asked for this run, and four eyes are to look at it: somebody else has to grant it"
    }
}
