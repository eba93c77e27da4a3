/// Which incidents to read.
public struct IncidentQuery: Sendable, Hashable {
    /// Empty = any.
    public var statuses: Set<Incident.Status>
    /// About exactly this, or, for an address or network, about what lies around or in it; `nil` = anybody.
    public var target: Target?
    /// Last activity at or after this.
    public var since: Timestamp?
    /// Last activity before this.
    public var before: Timestamp?
    /// How many at most, those that were active last; `nil` = all.
    public var limit: Int?

    /// Creates a query; with nothing said it means every incident. Everything that is given must hold.
    public init(
        statuses: Set<Incident.Status> = [], target: Target? = nil, since: Timestamp? = nil, before: Timestamp? = nil, limit: Int? = nil
    ) {
        self.statuses = statuses
        self.target = target
        self.since = since
        self.before = before
        self.limit = limit
    }
}

/// Which effects to read. Everything that is given must hold.
public struct EffectQuery: Sendable, Hashable {
    /// Empty = any.
    public var states: Set<Effect.State>
    /// Those of this incident; `nil` = of any.
    public var incident: IncidentID?
    /// Those of this run; `nil` = of any.
    public var run: RunID?
    /// Those on exactly this target; `nil` = on any.
    public var target: Target?
    /// Those that were planned then or later; `nil` = whenever.
    public var createdSince: Timestamp?

    /// Creates a query; with nothing said it means every effect there ever was.
    public init(
        states: Set<Effect.State> = [], incident: IncidentID? = nil, run: RunID? = nil, target: Target? = nil,
        createdSince: Timestamp? = nil
    ) {
        self.states = states
        self.incident = incident
        self.run = run
        self.target = target
        self.createdSince = createdSince
    }

    /// Effects that somebody still has to take back.
    public static let open = EffectQuery(states: Set(Effect.State.allCases.filter(\.isOpen)))
}

/// One revision of a playbook that was made at run time.
public struct StoredPlaybook: Sendable, Hashable, Codable {
    /// Which playbook it is a revision of.
    public var slug: PlaybookSlug
    /// From 1, one more with each change.
    public var revision: Int
    /// The definition as in a file.
    public var definition: JSONValue
    /// Whether it starts by itself; by hand it does either way.
    public var isEnabled: Bool
    /// Who made this revision.
    public var author: String
    /// When.
    public var at: Timestamp

    /// Creates a revision; whether it loads is found out when it is read.
    public init(slug: PlaybookSlug, revision: Int, definition: JSONValue, isEnabled: Bool = true, author: String, at: Timestamp) {
        self.slug = slug
        self.revision = revision
        self.definition = definition
        self.isEnabled = isEnabled
        self.author = author
        self.at = at
    }
}

/// Something asked of the engine by another process, as `riposte incident undo` asks the daemon.
public struct ControlRequest: Sendable, Hashable, Codable, Identifiable {
    /// What the answer is looked for by.
    public var id: String
    /// What is to be done.
    public var command: Command
    /// Who asks, for the record.
    public var actor: String
    /// When it was asked.
    public var createdAt: Timestamp
    /// When it was done or refused; `nil` = no engine has looked at it yet.
    public var answeredAt: Timestamp?
    /// What came of it; `nil` = no engine has looked at it yet.
    public var answer: Answer?

    /// What can be asked of an engine.
    public enum Command: Sendable, Hashable, Codable {
        /// Run a playbook by hand, with what the context holds.
        case runPlaybook(PlaybookSlug, context: [String: JSONValue], reason: String)
        /// Put a decision in force; `nil` seconds = until it is removed.
        case addDecision(Target, type: EffectKind, durationSeconds: Int?, reason: String)
        /// Take back what is in force on exactly this target.
        case removeDecision(Target, reason: String)
        /// Leave a target alone; `nil` seconds = until it is taken off again.
        case allow(Target, durationSeconds: Int?, isOperator: Bool, reason: String)
        /// Take a target off the allowlist.
        case disallow(Target, reason: String)
        /// Take effects back.
        case undo(UndoScope, reason: String)
        /// A user has followed the link of a “was this you?” mail of an incident.
        case unlock(user: String, incident: IncidentID)
        /// Take an incident up.
        case acknowledgeIncident(IncidentID, note: String)
        /// Change the record of an incident.
        case changeIncident(IncidentID, IncidentChange)
        /// Say yes or no to a question.
        case answerApproval(ApprovalID, Vote.Decision, reason: String)
        /// Another mode for a playbook; `nil` = the one that is written in it.
        case setMode(PlaybookSlug, PlaybookMode?, reason: String)
        /// Playbooks in the store have changed.
        case reloadPlaybooks
    }

    /// What an engine has made of a request.
    public enum Answer: Sendable, Hashable, Codable {
        /// What was done, and the incident it is recorded in.
        case done(String, incident: IncidentID?)
        /// It was not done, and why.
        case refused(String)
    }

    /// Creates a request that nobody has answered.
    public init(id: String, command: Command, actor: String, createdAt: Timestamp) {
        self.id = id
        self.command = command
        self.actor = actor
        self.createdAt = createdAt
    }
}

/// Who may write as the engine, and until when.
public struct Lease: Sendable, Hashable, Codable {
    /// Which process has it, by a name of its own.
    public var holder: String
    /// When it may be taken by another, unless it is renewed.
    public var until: Timestamp
    /// What its holder's writes carry.
    public var fence: Fence

    /// Creates a lease as a store reads it.
    public init(holder: String, until: Timestamp, fence: Fence) {
        self.holder = holder
        self.until = until
        self.fence = fence
    }
}

/// Rises with each new holder of the lease; a write with an old one is refused.
public struct Fence: Sendable, Hashable, Codable, Comparable {
    /// Higher than that of every holder before.
    public var number: Int64
    /// Creates the fence of this number.
    public init(_ number: Int64) { self.number = number }
    public static func < (a: Fence, b: Fence) -> Bool { a.number < b.number }
}
