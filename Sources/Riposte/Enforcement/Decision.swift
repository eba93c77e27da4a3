/// What enforcement obeys: scope, value, type, until. Merged from the effects that want it, and over when the last of
/// them is.
public struct Decision: Sendable, Hashable, Codable {
    public var target: Target
    /// `ban` or `throttle`.
    public var type: EffectKind
    /// The latest expiry of its owners; `nil` = permanent.
    public var until: Timestamp?
    /// The effects it rests on, oldest first.
    public var owners: [EffectID]
    public var incidents: [IncidentID]
    public var playbooks: [PlaybookSlug]
    public var since: Timestamp

    public init(
        target: Target, type: EffectKind, until: Timestamp?, owners: [EffectID], incidents: [IncidentID], playbooks: [PlaybookSlug],
        since: Timestamp
    ) {
        self.target = target
        self.type = type
        self.until = until
        self.owners = owners
        self.incidents = incidents
        self.playbooks = playbooks
        self.since = since
    }

    /// Whether it holds at `time`.
    public func isInForce(at time: Timestamp) -> Bool { until.map { $0 > time } ?? true }
}
