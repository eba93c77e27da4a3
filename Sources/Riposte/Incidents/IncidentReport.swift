/// Everything the store knows of one incident, put together for a person: head, findings, answers, timeline.
public struct IncidentReport: Sendable {
    /// The record itself.
    public var incident: Incident
    /// What was found, by the time of the last event.
    public var anomalies: [Anomaly]
    /// What was done, by when it began.
    public var runs: [RunRecord]
    /// What was changed, by creation, whatever has become of it.
    public var effects: [Effect]
    /// Who was told, in the order in which it was queued.
    public var outbox: [OutboxItem]
    /// The present, for what has run out while no engine was there to write it down. Default: before everything.
    public var asOf: Timestamp = .distantPast

    /// A run with its results.
    public struct RunRecord: Sendable {
        /// The run.
        public var run: PlaybookRun
        /// Its entries, by sequence.
        public var journal: [JournalEntry]

        /// Puts a run and its entries together.
        public init(run: PlaybookRun, journal: [JournalEntry]) {
            self.run = run
            self.journal = journal
        }

        /// The result of each step, in the order they were carried out.
        public var results: [(path: StepPath, action: ActionName, outcome: StepOutcome)] {
            journal.compactMap { entry in
                guard case .outcome(let path, let outcome) = entry.record else { return nil }
                return (path, run.playbook.steps[path.index].action, outcome)
            }
        }
    }

    /// Reads an incident; `nil` where there is none of that id.
    public init?(_ id: IncidentID, from store: any IncidentStore, asOf now: Timestamp = .distantPast) async throws {
        asOf = now
        guard let incident = try await store.incident(id) else { return nil }
        self.incident = incident
        anomalies = try await store.anomalies(of: id)
        runs = []
        for run in try await store.runs(of: id) { runs.append(RunRecord(run: run, journal: try await store.journal(of: run.id))) }
        effects = try await store.effects(EffectQuery(incident: id))
        outbox = try await store.outboxItems(of: id)
    }

    /// What happened, in order.
    public var timeline: [TimelineEntry] {
        var entries = incident.history.map { change in
            TimelineEntry(at: change.at, change.to.rawValue + Self.suffix(change.note), actor: change.actor)
        }
        entries += (incident.notes ?? []).map { TimelineEntry(at: $0.at, $0.text, actor: $0.actor) }
        if let taken = incident.acknowledgement {
            entries.append(TimelineEntry(at: taken.at, "acknowledged" + Self.suffix(taken.note), actor: taken.actor))
        }
        entries += anomalies.map { TimelineEntry(at: $0.last, "\($0.severity) \($0.detector): \($0.summary)") }
        for record in runs { entries += Self.entries(of: record) }
        for effect in effects {
            guard let ended = effect.endedAt, effect.state == .ended else { continue }
            entries.append(
                TimelineEntry(
                    at: ended, "\(effect.kind) on \(effect.target) taken back: \(effect.note ?? "")", actor: effect.undoneBy ?? "riposte"))
        }
        entries += effects.flatMap(Self.health)
        for item in outbox {
            entries.append(TimelineEntry(at: item.endedAt ?? item.notification.createdAt, Self.text(item)))
        }
        return entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private static func text(_ item: OutboxItem) -> String {
        let kind = item.notification.kind == .opened ? "" : " (\(item.notification.kind))"
        let error = suffix(item.lastError ?? "")
        return switch item.state {
        case .queued where item.lastError == nil: "notification\(kind) for \(item.channel) queued" + waiting(item)
        case .queued: "notification\(kind) through \(item.channel) not delivered yet\(error)"
        case .delivered: "notification\(kind) delivered through \(item.channel)" + suffix(item.receipt ?? "")
        case .failed: "notification\(kind) through \(item.channel) given up\(error)"
        case .dropped: "notification\(kind) through \(item.channel) dropped\(error)"
        }
    }

    private static func waiting(_ item: OutboxItem) -> String {
        guard let hold = item.hold, !hold.isOver else { return "" }
        let until = hold.until.toTheSecond
        return switch hold.reason {
        case .quietHours: ": held until \(until), when quiet hours are over"
        case .digest: ": comes with others at \(until)"
        case .unacknowledged: ": sent at \(until) where nobody has acknowledged the incident"
        }
    }

    private static func suffix(_ text: String) -> String { text.isEmpty ? "" : ": \(text)" }

    /// When an effect was found missing, and when it was found to keep nobody away.
    private static func health(of effect: Effect) -> [TimelineEntry] {
        var entries = (effect.drifts ?? []).flatMap { drift in
            let missing = "\(effect.kind) on \(effect.target) was missing"
            let again = drift.repairedAt.map { [TimelineEntry(at: $0, "\(effect.kind) on \(effect.target) was put right")] } ?? []
            return [TimelineEntry(at: drift.foundAt, missing + (drift.error.map { ", and could not be put right: \($0)" } ?? ""))] + again
        }
        if let breach = effect.breach {
            entries.append(
                TimelineEntry(at: breach.first, "\(effect.kind) on \(effect.target) is ineffective: events come from it all the same"))
        }
        return entries
    }

    private static func entries(of record: RunRecord) -> [TimelineEntry] {
        let slug = record.run.playbook.slug
        let mode = record.run.mode == .shadow ? " (shadow)" : ""
        var entries = [TimelineEntry(at: record.run.createdAt, "playbook \(slug)\(mode) begins, revision \(record.run.revision)")]
        for entry in record.journal {
            switch entry.record {
            case .intent: continue
            case .retry(let path, let outcome, let next):
                guard outcome.kind != .waiting else {
                    entries.append(TimelineEntry(at: entry.at, "\(name(path, record)) \(outcome.message)"))
                    continue
                }
                entries.append(TimelineEntry(at: entry.at, "\(name(path, record)) failed, again at \(next): \(outcome.message)"))
            case .outcome(let path, let outcome):
                entries.append(TimelineEntry(at: outcome.endedAt, "\(name(path, record)) \(outcome.kind.sentence): \(outcome.message)"))
            case .asked(_, let id, _): entries.append(TimelineEntry(at: entry.at, "playbook \(slug) waits for people: \(id)"))
            case .answered(let id, let answer, _):
                let reason = answer.reason.isEmpty ? "" : ": \(answer.reason)"
                let actor = answer.actors.isEmpty ? "riposte" : answer.actors.joined(separator: ", ")
                entries.append(TimelineEntry(at: answer.at, "\(id) \(answer.state.rawValue)\(reason)", actor: actor))
            case .late(let path, let outcome):
                entries.append(
                    TimelineEntry(at: entry.at, "\(name(path, record)), given up before, has ended after all: \(outcome.message)"))
            case .sealed(let status): entries.append(TimelineEntry(at: entry.at, "playbook \(slug) \(status.rawValue)"))
            }
        }
        return entries
    }

    private static func name(_ path: StepPath, _ record: RunRecord) -> String {
        "\(record.run.playbook.steps[path.index].action)" + (path.target.map { " \($0)" } ?? "")
    }
}

/// One line of a timeline.
public struct TimelineEntry: Sendable, Hashable, Codable {
    /// When it happened, by the engine's clock or, for an event, its own.
    public var at: Timestamp
    /// What, in a sentence.
    public var text: String
    /// Who did it; `riposte` for what nobody asked for.
    public var actor: String

    /// Creates a line.
    public init(at: Timestamp, _ text: String, actor: String = "riposte") {
        self.at = at
        self.text = text
        self.actor = actor
    }
}

extension StepOutcome.Kind {
    /// As it reads in a sentence.
    var sentence: String {
        switch self {
        case .succeeded: "done"
        case .unchanged: "was so already"
        case .failed: "FAILED"
        case .refused: "REFUSED"
        case .denied: "DENIED"
        case .undone: "NOT DONE"
        case .waiting: "waits"
        case .passedOver: "passed over"
        case .previewed: "would be done"
        }
    }
}
