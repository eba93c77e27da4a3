/// A named, revisioned sequence of steps, and the triggers that start it.
public struct Playbook: Sendable, Hashable, Identifiable {
    /// What it is called where it is named; one of each in a responder.
    public var slug: PlaybookSlug
    /// What people call it; the slug where nothing else is said.
    public var name: String
    /// What it is for, in a sentence; may be empty.
    public var summary: String
    /// A disabled playbook never runs by itself; by hand it still does.
    public var isEnabled: Bool
    /// What it may do. The stricter of this and ``IncidentResponder/Configuration/mode`` counts.
    public var mode: PlaybookMode
    /// Higher runs first; among equals the slug decides.
    public var priority: Int
    /// Any of them starts it. Empty = never by itself.
    public var triggers: [Trigger]
    /// What is done, in this order.
    public var steps: [Step]
    /// What a failed step does to the rest, where the step itself does not say.
    public var onError: FailurePolicy
    /// How long a run may take from its start, pauses aside.
    public var deadline: Duration
    /// How long a run without a containment stands for its targets before the next anomaly is answered again.
    /// A run with one stands for as long as its effects do.
    public var cooldown: Duration
    /// How people are asked, in the mode `approve` and by steps that ask.
    public var approvals: ApprovalPolicy
    /// Words to find it by; nothing depends on them.
    public var tags: [String]

    public var id: PlaybookSlug { slug }

    /// Creates a playbook. Of steps with the same id the later ones are given `-2`, `-3` …
    public init(
        _ slug: PlaybookSlug, name: String? = nil, summary: String = "", isEnabled: Bool = true, mode: PlaybookMode = .enforce,
        priority: Int = 0, triggers: [Trigger] = [], onError: FailurePolicy = .continue, deadline: Duration = .hours(1),
        cooldown: Duration = .minutes(10), approvals: ApprovalPolicy = ApprovalPolicy(), tags: [String] = [], steps: [Step]
    ) {
        self.slug = slug
        self.name = name ?? slug.rawValue
        self.summary = summary
        self.isEnabled = isEnabled
        self.mode = mode
        self.priority = priority
        self.triggers = triggers
        var taken: Set<String> = []
        self.steps = steps.map { step in
            var step = step
            step.id = Step.uniqueID(step.id, among: &taken)
            return step
        }
        self.onError = onError
        self.deadline = deadline
        self.cooldown = cooldown
        self.approvals = approvals
        self.tags = tags
    }

    /// Whether any trigger fires for `anomaly`.
    public func matches(_ anomaly: Anomaly) -> Bool { triggers.contains { $0.matches(anomaly) } }
}

/// What a playbook is called in triggers, records and on the command line.
public struct PlaybookSlug: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a playbook may do when it is triggered.
public enum PlaybookMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing.
    case off
    /// Everything but the touch: steps preview, and the record says what would have happened.
    case shadow
    /// Asks people before the first step that touches anything, and acts once they have let it through.
    case approve
    /// Acts.
    case enforce

    /// The stricter of the two.
    public func limited(to ceiling: PlaybookMode) -> PlaybookMode {
        let order = Self.allCases
        return (order.firstIndex(of: self) ?? 0) < (order.firstIndex(of: ceiling) ?? 0) ? self : ceiling
    }

    /// `off` keeps a playbook from starting by itself; a person who starts it means it.
    var byHand: PlaybookMode { self == .off ? .enforce : self }
}

/// What a failed step does to the steps after it.
public enum FailurePolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// Partial response is usually better than no response.
    case `continue`
    /// The steps after it are not carried out, and the run has failed.
    case abort
}
