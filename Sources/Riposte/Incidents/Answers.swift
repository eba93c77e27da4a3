/// The runs of one playbook in one incident, as much of them as decides whether another is needed. Found by target: an
/// incident that goes on for a day has thousands.
struct Answers: Sendable {
    private var answers: [Answer] = []
    private var places: [RunID: Int] = [:]
    private var byTarget: [Target: [Int]] = [:]
    private var episodes: [TargetSet: Int] = [:]

    /// What one run answered, and how that stands.
    struct Answer: Sendable {
        let run: RunID
        let incident: IncidentID
        let targets: TargetSet
        let severity: Severity
        /// From when its cooldown counts: its start, or the "no" that people said.
        let since: Timestamp
        let cooldown: Duration
        var isFinal: Bool
        var contained: [Target]

        init(_ run: PlaybookRun) {
            self.run = run.id
            incident = run.incidentID
            targets = run.targets
            severity = run.severity
            since = run.status == .denied ? run.endedAt ?? run.createdAt : run.createdAt
            cooldown = run.playbook.cooldown
            isFinal = run.status.isFinal
            contained = run.contained
        }

        /// Whether it still stands for `target`: while it runs, while an effect of its incident holds the target, and where it
        /// contained nothing for the playbook's cooldown. No cooldown outlasts the effect it stands for.
        func stands(for target: Target?, at now: Timestamp, _ holds: (IncidentID, Target) -> Bool) -> Bool {
            guard isFinal else { return true }
            let inQuestion = target.map { contained.contains($0) ? [$0] : [] } ?? contained
            guard !inQuestion.isEmpty else { return now < since + cooldown }
            return inQuestion.contains { holds(incident, $0) }
        }
    }

    /// Takes a run in, or what has become of it.
    mutating func put(_ run: PlaybookRun) {
        if let place = places[run.id] {
            answers[place] = Answer(run)
            return
        }
        add(Answer(run))
    }

    /// How many runs there were for exactly these targets.
    func episodes(of targets: TargetSet) -> Int { episodes[targets] ?? 0 }

    /// Whether a run of at least this severity stands for `target`; `nil` = for anybody.
    func cover(_ target: Target?, _ severity: Severity, at now: Timestamp, _ holds: (IncidentID, Target) -> Bool) -> Bool {
        // The latest is the likeliest to stand.
        let found = target.map { byTarget[$0] ?? [] } ?? Array(answers.indices)
        return found.reversed().contains { answers[$0].severity >= severity && answers[$0].stands(for: target, at: now, holds) }
    }

    /// Without a run that was never written.
    func without(_ run: RunID) -> Answers {
        var rest = Answers()
        for answer in answers where answer.run != run { rest.add(answer) }
        return rest
    }

    private mutating func add(_ answer: Answer) {
        places[answer.run] = answers.count
        episodes[answer.targets, default: 0] += 1
        for target in answer.targets.all { byTarget[target, default: []].append(answers.count) }
        answers.append(answer)
    }
}

/// Which of an incident's runs are each other's earlier answers: those of one playbook in one mode.
struct AnswersKey: Hashable, Sendable {
    let incident: IncidentID
    let playbook: PlaybookSlug
    let mode: PlaybookMode
}

extension PlaybookRun {
    var answersKey: AnswersKey { AnswersKey(incident: incidentID, playbook: playbook.slug, mode: mode) }
}
