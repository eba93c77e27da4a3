/// A question to people: may this be done? One for a playbook, an action and a severity, however many runs wait for it.
public struct Approval: Sendable, Hashable, Codable, Identifiable {
    public var id: ApprovalID
    /// Whose runs wait for it.
    public var playbook: PlaybookSlug
    /// `nil` = all that a run would do, asked once before its first step that touches anything.
    public var action: ActionName?
    /// The same for every run that waits: a critical one never hides among the others.
    public var severity: Severity
    /// Who may answer and how many it takes, as it was when it was asked.
    public var rule: ApprovalRule
    /// Why it is asked; the first few.
    public var reasons: [String]
    /// What would be done, a line for each action and target; the first few.
    public var proposals: [String]
    /// Whom it is about; the first few.
    public var targets: [Target]
    /// How many executions of actions it is about in all.
    public var proposalCount: Int
    /// The incidents it belongs to; the first few.
    public var incidents: [IncidentID]
    /// How many runs wait for it.
    public var runCount: Int
    /// When it was first asked.
    public var requestedAt: Timestamp
    /// From when on silence counts as no.
    public var expiresAt: Timestamp
    /// Who has said what, in the order they came.
    public var votes: [Vote] = []
    /// Who may not answer and has tried to; the last few.
    public var turnedAway: [Vote] = []
    /// How it stands. Once it is not pending it does not change any more.
    public var state: State = .pending
    /// When it was decided, or its time was over; `nil` while it is pending.
    public var answeredAt: Timestamp?
    /// Who has taken back what it was about.
    public var withdrawal: Undone?
    /// One more with each change: the store keeps the highest, whatever order commits arrive in.
    public var version = 0

    /// How a question stands.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Not decided: too few have answered, and there is time left.
        case pending
        /// As many as the rule asks for have said yes.
        case granted
        /// One has said no, which is enough.
        case denied
        /// Nobody has answered in time: it counts as denied.
        case expired
        /// All that it was about was taken back before anybody had answered: nobody needs to.
        case withdrawn
    }

    /// Asks about nothing yet.
    public init(
        _ id: ApprovalID, playbook: PlaybookSlug, action: ActionName?, severity: Severity, rule: ApprovalRule, requestedAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.playbook = playbook
        self.action = action
        self.severity = severity
        self.rule = rule
        self.requestedAt = requestedAt
        self.expiresAt = expiresAt
        (reasons, proposals, targets, incidents) = ([], [], [], [])
        (proposalCount, runCount) = (0, 0)
    }

    /// How many lines, targets, incidents it lists; of the rest it has the number.
    static let listed = 20
    static let listedReasons = 5

    /// Those who have granted it. Another spelling of a name is no other person.
    public var granters: [String] {
        var seen: Set<AccountName> = []
        return votes.filter { $0.decision == .grant && seen.insert(AccountName($0.actor)).inserted }.map(\.actor)
    }
    /// How many more have to.
    public var missing: Int { max(rule.quorum - granters.count, 0) }
    /// What it is about, in words.
    public var subject: String { action.map { "\($0) by playbook \(playbook)" } ?? "playbook \(playbook)" }
}

/// What one person has said.
public struct Vote: Sendable, Hashable, Codable {
    /// Who said it, by the name they work under.
    public var actor: String
    /// Yes or no.
    public var decision: Decision
    /// Why, in their own words; may be empty.
    public var reason: String
    /// When it came in, by the engine's clock.
    public var at: Timestamp

    /// What can be said to a question.
    public enum Decision: String, Sendable, Hashable, Codable, CaseIterable {
        /// It may be done.
        case grant
        /// It is not done, whatever others have said or will say.
        case deny
    }

    /// Creates a vote; whether it counts is decided where it is handed in.
    public init(actor: String, decision: Decision, reason: String, at: Timestamp) {
        self.actor = actor
        self.decision = decision
        self.reason = reason
        self.at = at
    }
}

/// Names one approval: `apr-` and ten characters.
public struct ApprovalID: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Which approvals to read.
public struct ApprovalQuery: Sendable, Hashable {
    /// Empty = any.
    public var states: Set<Approval.State>
    /// How many at most, the newest; `nil` = all.
    public var limit: Int?

    /// Creates a query; with nothing said it means every approval there ever was.
    public init(states: Set<Approval.State> = [], limit: Int? = nil) {
        self.states = states
        self.limit = limit
    }

    /// Those that nobody has answered yet.
    public static let pending = ApprovalQuery(states: [.pending])
}
