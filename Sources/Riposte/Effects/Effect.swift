/// A change an action made that can be taken back: target, inverse, expiry, owner.
public struct Effect: Sendable, Hashable, Codable, Identifiable {
    /// Made from run, step and position, so the same step plans the same effect again.
    public var id: EffectID
    /// What was changed; says which enforcement points obey it.
    public var kind: EffectKind
    /// Whom it is about; one target, never a set.
    public var target: Target
    /// Which action takes it back.
    public var action: ActionName
    /// What `undo` needs beyond the target; nothing secret.
    public var inverse: JSONValue
    /// What an enforcement point has to know beyond the target; `nil` = nothing.
    public var terms: EffectTerms?
    /// When it ends by itself; `nil` = it was asked to be permanent.
    public var expiresAt: Timestamp?
    /// How it stands. ``State/isOpen`` says whether it may be in force.
    public var state: State
    /// The incident it answers.
    public var incidentID: IncidentID
    /// The run that made it.
    public var runID: RunID
    /// The step that made it.
    public var step: StepPath
    /// The playbook that the run carried out.
    public var playbook: PlaybookSlug
    /// When it was planned, by the engine's clock: before the touch.
    public var createdAt: Timestamp
    /// When it was first known to be in force.
    public var activeSince: Timestamp?
    /// When it was over, for whatever reason; `nil` while it is open.
    public var endedAt: Timestamp?
    /// Why it ended, or why it has not ended yet: `expired`, `undone by ann: wrong address`.
    public var note: String?
    /// Who asked for it to be taken back before its time.
    public var undoneBy: String?
    /// Why it is being taken back, while ``note`` says why that has not worked yet; `nil` = nothing has failed.
    public var undoReason: String?
    /// Whether a person has said that its incident was none; `nil` = nobody has.
    public var isFalsePositive: Bool?
    /// The last times it was found missing, oldest first, at most ten; `nil` = never.
    public var drifts: [Drift]?
    /// How often it was found missing; `nil` = never.
    public var driftCount: Int?
    /// What its target did although it was in force; `nil` = nothing that is known.
    public var breach: Breach?
    /// Attempts made to take it back, and when the next is due.
    public var undoAttempts: Int
    /// When the next attempt to take it back is due; `nil` where none is.
    public var nextUndoAt: Timestamp?
    /// One more with each change: the store keeps the highest, whatever order commits arrive in.
    public var version: Int

    /// How an effect stands.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Planned, on disk, perhaps done: probed at start and at undo.
        case pending
        /// In force by our doing.
        case active
        /// Not done.
        case void
        /// It was so already and not by us: never undone by us.
        case foreign
        /// Being taken back; survives a crash and is tried until it works.
        case undoing
        /// Taken back.
        case ended
        /// Another effect of the same incident has taken over its target with a later expiry.
        case superseded
        /// To be taken back by an action that is not registered: visible until it is.
        case orphaned

        /// Whether it may be in force and somebody still has to take it back.
        public var isOpen: Bool {
            switch self {
            case .pending, .active, .undoing, .orphaned: true
            case .void, .foreign, .ended, .superseded: false
            }
        }
    }

    /// Creates an effect as the engine journals it, for tests of an action's `undo` and `probe`.
    public init(
        id: EffectID, kind: EffectKind, target: Target, action: ActionName, inverse: JSONValue = .null,
        terms: EffectTerms? = nil, expiresAt: Timestamp?, state: State = .pending, incidentID: IncidentID, runID: RunID, step: StepPath,
        playbook: PlaybookSlug, createdAt: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.target = target
        self.action = action
        self.inverse = inverse
        self.terms = terms
        self.expiresAt = expiresAt
        self.state = state
        self.incidentID = incidentID
        self.runID = runID
        self.step = step
        self.playbook = playbook
        self.createdAt = createdAt
        undoAttempts = 0
        version = 0
    }

    /// Notes that another effect has taken over.
    mutating func supersede(by heir: EffectID, at now: Timestamp) {
        state = .superseded
        endedAt = now
        note = Self.extendedBy + heir.rawValue
    }

    /// Makes one that had been closed one that is to be taken back.
    mutating func reopen(_ why: String, at now: Timestamp) {
        state = .undoing
        endedAt = nil
        nextUndoAt = now
        note = why
        version += 1
    }

    /// Which effect has taken over from this one.
    var heir: EffectID? {
        guard state == .superseded, let note, note.hasPrefix(Self.extendedBy) else { return nil }
        return EffectID(String(note.dropFirst(Self.extendedBy.count)))
    }

    private static let extendedBy = "extended by "
}

/// Names one effect.
public struct EffectID: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A change that an action is about to make.
public struct PlannedEffect: Sendable, Hashable {
    /// What will be changed.
    public var kind: EffectKind
    /// Whom it will be about. The guard is asked about this target.
    public var target: Target
    /// What `undo` will need beyond the target; is stored, so nothing secret. `null` = nothing.
    public var inverse: JSONValue
    /// What an enforcement point has to know beyond the target; `nil` = nothing.
    public var terms: EffectTerms?
    /// `nil` only where the playbook says `permanent: true`.
    public var expiresAt: Timestamp?

    /// Creates a plan; nothing happens until the engine has it on disk.
    public init(kind: EffectKind, target: Target, inverse: JSONValue = .null, terms: EffectTerms? = nil, expiresAt: Timestamp?) {
        self.kind = kind
        self.target = target
        self.inverse = inverse
        self.terms = terms
        self.expiresAt = expiresAt
    }
}
