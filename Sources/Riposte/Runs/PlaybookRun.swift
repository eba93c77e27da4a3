/// One execution of one playbook for one set of targets: durable, resumable, with a deadline.
public struct PlaybookRun: Sendable, Hashable, Codable, Identifiable {
    /// Made from incident, playbook, targets and episode, so the same answer is started once.
    public var id: RunID
    /// The incident in which it is recorded.
    public var incidentID: IncidentID
    /// The playbook as it was when the run started; the run finishes on it even if it changes meanwhile.
    public var playbook: Playbook
    /// A digest of the definition, or the store's revision number.
    public var revision: String
    /// Whom it is about; a step that needs targets of a kind runs once for each.
    public var targets: TargetSet
    /// What started it.
    public var trigger: RunTrigger
    /// The severity it answers.
    public var severity: Severity
    /// 1 for the first answer to these targets in this incident, 2 for the next …
    public var episode: Int
    /// In which mode it runs, all ceilings and overrides considered.
    public var mode: PlaybookMode
    /// What the run's context starts with.
    public var context: [String: JSONValue]
    /// How it stands.
    public var status: RunStatus
    /// When it was started, by the engine's clock.
    public var createdAt: Timestamp
    /// When it ends as ``RunStatus/expired`` if it is not over then, waits, approvals and pauses aside: their time comes on top.
    public var deadline: Timestamp
    /// When it was over; `nil` while it is not.
    public var endedAt: Timestamp?
    /// Whom the run has contained: targets on which one of its steps put a reversible effect, or found one in force.
    public var contained: [Target] = []
    /// What people have been asked and have not answered yet; the run waits for it.
    public var waitingFor: ApprovalID?
    /// Who has taken the run back before it was over: nothing more of it is done.
    public var undone: Undone?

    /// Creates a run that has done nothing; its deadline is counted from `createdAt`. The responder makes them; this is for tests
    /// of a store.
    public init(
        id: RunID, incidentID: IncidentID, playbook: Playbook, revision: String, targets: TargetSet, trigger: RunTrigger,
        severity: Severity, episode: Int, mode: PlaybookMode, context: [String: JSONValue], createdAt: Timestamp
    ) {
        self.id = id
        self.incidentID = incidentID
        self.playbook = playbook
        self.revision = revision
        self.targets = targets
        self.trigger = trigger
        self.severity = severity
        self.episode = episode
        self.mode = mode
        self.context = context
        status = .running
        self.createdAt = createdAt
        deadline = createdAt + playbook.deadline
    }
}

/// What is known of a run only when it is over: as much as is written then.
public struct RunEnding: Sendable, Hashable, Codable {
    /// How it ended.
    public var status: RunStatus
    /// When.
    public var endedAt: Timestamp
    /// Whom it has contained; see ``PlaybookRun/contained``.
    public var contained: [Target]

    /// Creates the end of a run.
    public init(status: RunStatus, endedAt: Timestamp, contained: [Target] = []) {
        self.status = status
        self.endedAt = endedAt
        self.contained = contained
    }
}

extension PlaybookRun {
    /// The run as it is when it is over.
    public func ended(_ ending: RunEnding) -> PlaybookRun {
        var run = self
        (run.status, run.endedAt, run.contained) = (ending.status, ending.endedAt, ending.contained)
        run.waitingFor = nil
        return run
    }

    /// The run as it is when a person has taken it back.
    public func undone(_ undone: Undone) -> PlaybookRun {
        var run = self
        run.undone = undone
        return run
    }
}

/// Names one run: `run-` and thirteen characters.
public struct RunID: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// How a run stands.
public enum RunStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Not over: it is being driven, or waits.
    case running
    /// Every step succeeded.
    case succeeded
    /// Some steps failed, and the rest went on.
    case partial
    /// A step failed and the playbook says abort, or every step failed.
    case failed
    /// People were asked and did not let it through.
    case denied
    /// Its deadline passed.
    case expired
    /// A person took it back before it was over, and the rest of it was not done.
    case undone

    /// Whether it is over. A status that is final does not change any more.
    public var isFinal: Bool { self != .running }
}

/// What started a run.
public enum RunTrigger: Sendable, Hashable, Codable {
    /// A finding that one of the playbook's triggers means.
    case anomaly(Anomaly)
    /// A person or a program, by hand.
    case manual(actor: String, reason: String)

    /// The finding; `nil` for a run by hand.
    public var anomaly: Anomaly? { if case .anomaly(let anomaly) = self { anomaly } else { nil } }
}

/// Which execution of which step: the step's place in the playbook, and whom it is about.
public struct StepPath: Sendable, Hashable, Comparable, LosslessStringConvertible, Codable {
    /// The step's place in the playbook, from 0.
    public var index: Int
    /// Whom it is about; `nil` for a step that needs no target.
    public var target: Target?

    /// Creates a path.
    public init(_ index: Int, _ target: Target? = nil) {
        self.index = index
        self.target = target
    }

    /// `0`, or `0/203.0.113.9`.
    public var description: String { target.map { "\(index)/\($0)" } ?? String(index) }

    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let first = parts.first, let index = Int(first) else { return nil }
        self.index = index
        guard parts.count == 2 else { return }
        guard let target = Target(String(parts[1])) else { return nil }
        self.target = target
    }

    public static func < (a: StepPath, b: StepPath) -> Bool { a.index != b.index ? a.index < b.index : a.description < b.description }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let path = StepPath(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(text)” is not a step")
        }
        self = path
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
