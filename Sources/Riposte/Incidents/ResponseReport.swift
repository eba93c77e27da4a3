/// How attacks were found and answered in a stretch of time. A value, made from records; nothing in it asks the store.
public struct ResponseReport: Sendable, Hashable {
    /// From here on.
    public var since: Timestamp
    /// Up to here, and not including it.
    public var until: Timestamp
    /// Incidents that were opened then.
    public var all: Row
    /// The same for each detector, by name; an incident of two counts for both.
    public var detectors: [Row]
    /// The same for each playbook that answered, by name; an incident that two answered counts for both.
    public var playbooks: [Row]
    /// A row for each day, or for each week where there are more than 31 days.
    public var periods: [Row]
    /// What has become of what was put in force then.
    public var effects: EffectCounts

    /// One incident with what was done about it.
    public struct Record: Sendable {
        /// The incident.
        public var incident: Incident
        /// The playbooks that answered it.
        public var playbooks: Set<PlaybookSlug>

        /// Puts an incident and what answered it together.
        public init(incident: Incident, playbooks: Set<PlaybookSlug>) {
            self.incident = incident
            self.playbooks = playbooks
        }
    }

    /// Some of the incidents.
    public struct Row: Sendable, Hashable {
        /// Of what: a detector, a playbook, or when a period begins; `all` for everything.
        public var name: String
        /// How many incidents it is about.
        public var incidents = 0
        /// Of these how many were none.
        public var falsePositives = 0
        /// Of these how many are not over yet.
        public var live = 0
        /// From the first event to detection; `nil` where there is no incident.
        public var detect: Spread?
        /// From detection to the first person who took it up; `nil` where nobody has taken one up.
        public var acknowledge: Spread?
        /// From detection to the first containment; `nil` where none was contained.
        public var contain: Spread?
        /// From detection to the end; `nil` where none is over.
        public var resolve: Spread?

        /// 0…1; `nil` where there are no incidents.
        public var falsePositiveShare: Double? { incidents == 0 ? nil : Double(falsePositives) / Double(incidents) }

        init(_ name: String, _ records: [Incident]) {
            self.name = name
            incidents = records.count
            falsePositives = records.count { $0.verdict == .falsePositive }
            live = records.count { !$0.status.isOver }
            // How fast an incident was found says nothing where a person opened it.
            detect = Spread(records.filter { $0.openedBy == nil }.map(\.timeToDetect))
            acknowledge = Spread(records.compactMap(\.timeToAcknowledge))
            contain = Spread(records.compactMap(\.timeToContain))
            resolve = Spread(records.compactMap(\.timeToResolve))
        }
    }

    /// Where most of several durations lie.
    public struct Spread: Sendable, Hashable {
        /// How many durations there are.
        public var count: Int
        /// Half of them took no longer.
        public var median: Duration
        /// Nine of ten took no longer.
        public var ninetieth: Duration

        /// `nil` for none. The nearest rank, so that each is a duration that occurred.
        public init?(_ durations: [Duration]) {
            let sorted = durations.sorted()
            guard let median = Self.rank(50, of: sorted), let ninetieth = Self.rank(90, of: sorted) else { return nil }
            (count, self.median, self.ninetieth) = (sorted.count, median, ninetieth)
        }

        private static func rank(_ percent: Int, of sorted: [Duration]) -> Duration? {
            sorted.element(at: (sorted.count * percent + 99) / 100 - 1)
        }
    }

    /// What has become of the effects that were begun then.
    public struct EffectCounts: Sendable, Hashable {
        /// They hold.
        public var inForce = 0
        /// They ended with their time.
        public var expired = 0
        /// By a person, before their time.
        public var takenBack = 0
        /// To be taken back, and not yet.
        public var beingTakenBack = 0
        /// They are to be taken back by an action that is not registered.
        public var orphaned = 0
        /// In force or not, they kept nobody away.
        public var ineffective = 0
        /// They were found missing, once or more often.
        public var drifted = 0
        /// Another effect has taken over.
        public var extended = 0
        /// They never came about, or were so before.
        public var void = 0

        /// Counts these, each once by its state; those that were ineffective or drifted beside that.
        public init(_ effects: [Effect]) {
            for effect in effects {
                switch effect.state {
                case .pending: beingMade += 1
                case .active: inForce += 1
                case .ended where effect.undoneBy == nil: expired += 1
                case .ended: takenBack += 1
                case .undoing: beingTakenBack += 1
                case .orphaned: orphaned += 1
                case .superseded: extended += 1
                case .void, .foreign: void += 1
                }
                if effect.breach != nil { ineffective += 1 }
                if effect.drifts != nil { drifted += 1 }
            }
        }

        /// Begun, and not settled.
        public var beingMade = 0
    }

    /// - Parameters:
    ///   - records: incidents that were opened from `since` on and before `until`.
    ///   - effects: those that were begun then.
    public init(_ records: [Record], effects: [Effect], since: Timestamp, until: Timestamp) {
        self.since = since
        self.until = until
        let incidents = records.map(\.incident)
        all = Row("all", incidents)
        detectors = Self.rows(incidents.flatMap { incident in incident.detectors.map { ($0.rawValue, incident) } })
        playbooks = Self.rows(records.flatMap { record in record.playbooks.map { ($0.rawValue, record.incident) } })
        periods = Self.periods(incidents, since, until)
        self.effects = EffectCounts(effects)
    }

    /// Reads what it needs.
    public init(since: Timestamp, until: Timestamp, from store: any IncidentStore) async throws {
        // An incident's last activity is never before it was opened.
        let incidents = try await store.incidents(IncidentQuery(since: since)).filter { $0.openedAt >= since && $0.openedAt < until }
        var records: [Record] = []
        for incident in incidents {
            let runs = try await store.runs(of: incident.id)
            records.append(Record(incident: incident, playbooks: Set(runs.map(\.playbook.slug))))
        }
        let effects = try await store.effects(EffectQuery(createdSince: since)).filter { $0.createdAt < until }
        self.init(records, effects: effects, since: since, until: until)
    }

    /// By name; an incident of two detectors counts for both.
    private static func rows(_ named: [(String, Incident)]) -> [Row] {
        Dictionary(grouping: named, by: \.0).map { Row($0.key, $0.value.map(\.1)) }.sorted {
            ($1.incidents, $0.name) < ($0.incidents, $1.name)
        }
    }

    private static func periods(_ incidents: [Incident], _ since: Timestamp, _ until: Timestamp) -> [Row] {
        let length = until - since > .hours(24 * 31) ? Duration.hours(24 * 7) : .hours(24)
        let steps = { (time: Timestamp) in (time - since).microseconds / length.microseconds }
        guard until > since, steps(until) > 0 else { return [] }
        return Dictionary(grouping: incidents) { steps($0.openedAt) }.sorted { $0.key < $1.key }.map { step, incidents in
            Row((since + .microseconds(step * length.microseconds)).toTheSecond, incidents)
        }
    }
}
