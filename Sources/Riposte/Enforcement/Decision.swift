/// What enforcement obeys: scope, value, type, until. Merged from the effects that want it, and over when the last of
/// them is.
public struct Decision: Sendable, Hashable, Codable {
    /// Whom it is about.
    public var target: Target
    /// `ban`, `throttle`, `account.lock` …
    public var type: EffectKind
    /// The strictest of its owners' terms; `nil` = none.
    public var terms: EffectTerms?
    /// The latest expiry of its owners; `nil` = permanent.
    public var until: Timestamp?
    /// The effects it rests on, oldest first.
    public var owners: [EffectID]
    /// The incidents of its owners, each once.
    public var incidents: [IncidentID]
    /// The playbooks of its owners, each once.
    public var playbooks: [PlaybookSlug]
    /// When it began; of a momentary type the latest time it was made.
    public var since: Timestamp

    /// Creates a decision, for tests of an enforcement point; those that hold are on the ``DecisionBoard``.
    public init(
        target: Target, type: EffectKind, terms: EffectTerms? = nil, until: Timestamp?, owners: [EffectID], incidents: [IncidentID],
        playbooks: [PlaybookSlug],
        since: Timestamp
    ) {
        self.target = target
        self.type = type
        self.terms = terms
        self.until = until
        self.owners = owners
        self.incidents = incidents
        self.playbooks = playbooks
        self.since = since
    }

    /// Whether it holds at `time`.
    public func isInForce(at time: Timestamp) -> Bool { until.map { $0 > time } ?? true }
}

extension Decision {
    /// What several effects on one target, oldest first, make together: the latest expiry wins. `nil` for none.
    init?(merging owners: [Effect]) {
        guard let first = owners.first, let last = owners.last else { return nil }
        let isPermanent = owners.contains { $0.expiresAt == nil }
        self.init(
            target: first.target, type: first.kind, terms: EffectTerms(merging: owners.compactMap(\.terms)),
            until: isPermanent ? nil : owners.compactMap(\.expiresAt).max(),
            owners: owners.map(\.id), incidents: owners.map(\.incidentID).uniqued(), playbooks: owners.map(\.playbook).uniqued(),
            since: first.kind.isMomentary ? last.createdAt : first.createdAt)
    }

    /// What it is the one decision of.
    public var key: DecisionKey { DecisionKey(target: target, type: type) }
}

/// What there is one decision of: a type on a target.
public struct DecisionKey: Sendable, Hashable, Comparable {
    /// Whom the decision is about.
    public var target: Target
    /// What is decided.
    public var type: EffectKind

    /// Creates a key; there need be no such decision.
    public init(target: Target, type: EffectKind) {
        self.target = target
        self.type = type
    }

    /// The few types on one target may share a place.
    public func hash(into hasher: inout Hasher) { hasher.combine(target) }

    public static func < (a: DecisionKey, b: DecisionKey) -> Bool { (a.target, a.type) < (b.target, b.type) }
}

extension Effect {
    /// The decision it has a claim in.
    var decisionKey: DecisionKey { DecisionKey(target: target, type: kind) }
}

extension EffectTerms {
    /// The strictest rate, and the level that was asked for last. `nil` for none.
    fileprivate init?(merging terms: [EffectTerms]) {
        guard !terms.isEmpty else { return nil }
        self.init(rate: terms.compactMap(\.rate).min(), level: terms.compactMap(\.level).last)
    }
}
