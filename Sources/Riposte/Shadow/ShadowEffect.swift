/// An effect that a playbook in shadow would have had on a target, and what the target has done since. One for a playbook,
/// action and target, however often it would have been put.
public struct ShadowEffect: Sendable, Hashable, Codable, Identifiable {
    /// Made from playbook, action, kind and target, so that the same one is found again.
    public var id: String
    /// The playbook that ran in shadow.
    public var playbook: PlaybookSlug
    /// The action that would have made it.
    public var action: ActionName
    /// What would have been changed.
    public var kind: EffectKind
    /// Whom it would have been about.
    public var target: Target
    /// The highest it was answered with.
    public var severity: Severity
    /// Of the latest run.
    public var incidentID: IncidentID
    /// The time of the last event it answers, the first time and the latest: what came later counts.
    public var since: Timestamp
    /// The time of the last event that it answers, the latest time; see ``since``.
    public var lastAt: Timestamp
    /// When it would have ended; `nil` = never by itself.
    public var until: Timestamp?
    /// How often it would have been put, or lengthened.
    public var times: Int
    /// Why it would not have been put after all.
    public var refusal: String?
    /// Sign-ins of the target that succeeded afterwards, and those of them that it would have hindered.
    public var successes = 0
    /// Those of ``successes`` that came while it would have been in force.
    public var hinderedSuccesses = 0
    /// When the first of them was; `nil` = there was none.
    public var firstSuccessAt: Timestamp?
    /// When the latest of them was; `nil` = there was none.
    public var lastSuccessAt: Timestamp?
    /// One more with each change: the store keeps the highest, whatever order commits arrive in.
    public var version = 0

    /// Creates one that would have been put for the first time.
    public init(
        playbook: PlaybookSlug, action: ActionName, kind: EffectKind, target: Target, severity: Severity, incidentID: IncidentID,
        since: Timestamp, until: Timestamp?, refusal: String? = nil
    ) {
        id = "shw-" + StableHash.id([playbook.rawValue, action.rawValue, kind.rawValue, target.description])
        self.playbook = playbook
        self.action = action
        self.kind = kind
        self.target = target
        self.severity = severity
        self.incidentID = incidentID
        self.since = since
        lastAt = since
        self.until = until
        times = 1
        self.refusal = refusal
    }

    /// It would have been put again.
    mutating func repeats(_ again: ShadowEffect) {
        severity = max(severity, again.severity)
        incidentID = again.incidentID
        lastAt = max(lastAt, again.lastAt)
        if let end = until { until = again.until.map { max(end, $0) } }
        times += 1
        refusal = again.refusal
        version += 1
    }

    /// Its target has signed in. A time that was told before is not counted again. Tells whether it counts.
    mutating func succeeded(at time: Timestamp) -> Bool {
        guard refusal == nil, time > since, lastSuccessAt.map({ time > $0 }) ?? true else { return false }
        successes += 1
        if until.map({ time < $0 }) ?? true { hinderedSuccesses += 1 }
        firstSuccessAt = firstSuccessAt ?? time
        lastSuccessAt = time
        version += 1
        return true
    }
}
