/// Which incidents to read.
public struct IncidentQuery: Sendable, Hashable {
    /// Empty = any.
    public var statuses: Set<Incident.Status>
    public var target: Target?
    /// Last activity at or after this.
    public var since: Timestamp?
    /// Last activity before this.
    public var before: Timestamp?
    public var limit: Int?

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
    public var incident: IncidentID?
    public var run: RunID?
    public var target: Target?
    public var createdSince: Timestamp?

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
    public var slug: PlaybookSlug
    /// From 1, one more with each change.
    public var revision: Int
    /// The definition as in a file.
    public var definition: JSONValue
    public var isEnabled: Bool
    public var author: String
    public var at: Timestamp

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
    public var id: String
    public var command: Command
    public var actor: String
    public var createdAt: Timestamp
    public var answeredAt: Timestamp?
    public var answer: Answer?

    public enum Command: Sendable, Hashable, Codable {
        case runPlaybook(PlaybookSlug, context: [String: JSONValue], reason: String)
        case addDecision(Target, type: EffectKind, durationSeconds: Int?, reason: String)
        case removeDecision(Target, reason: String)
        /// Leave a target alone; `nil` seconds = until it is taken off again.
        case allow(Target, durationSeconds: Int?, isOperator: Bool, reason: String)
        case disallow(Target, reason: String)
        case undo(UndoScope, reason: String)
        /// A user has followed the link of a “was this you?” mail of an incident.
        case unlock(user: String, incident: IncidentID)
        case acknowledgeIncident(IncidentID, note: String)
        case changeIncident(IncidentID, IncidentChange)
        case answerApproval(ApprovalID, Vote.Decision, reason: String)
        /// Another mode for a playbook; `nil` = the one that is written in it.
        case setMode(PlaybookSlug, PlaybookMode?, reason: String)
        /// Playbooks in the store have changed.
        case reloadPlaybooks
    }

    public enum Answer: Sendable, Hashable, Codable {
        /// What was done, and the incident it is recorded in.
        case done(String, incident: IncidentID?)
        case refused(String)
    }

    public init(id: String, command: Command, actor: String, createdAt: Timestamp) {
        self.id = id
        self.command = command
        self.actor = actor
        self.createdAt = createdAt
    }
}

/// Who may write as the engine, and until when.
public struct Lease: Sendable, Hashable, Codable {
    public var holder: String
    public var until: Timestamp
    public var fence: Fence

    public init(holder: String, until: Timestamp, fence: Fence) {
        self.holder = holder
        self.until = until
        self.fence = fence
    }
}

/// Rises with each new holder of the lease; a write with an old one is refused.
public struct Fence: Sendable, Hashable, Codable, Comparable {
    public var number: Int64
    public init(_ number: Int64) { self.number = number }
    public static func < (a: Fence, b: Fence) -> Bool { a.number < b.number }
}
