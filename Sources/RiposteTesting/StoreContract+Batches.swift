internal import Riposte

extension StoreContract {
    static let batches: [Case] = [
        Case(name: "a batch that fails leaves nothing behind, wherever it fails", run: { try await $0.checkAtomicity() }),
        Case(
            name: "a journal entry with other content is a conflict, the same again changes nothing",
            run: { try await $0.checkJournalConflict() }),
        Case(
            name: "a playbook's revision with other content is a conflict, the same again changes nothing",
            run: { try await $0.checkRevisionConflict() }),
        Case(name: "an anomaly that is there is left as it is", run: { try await $0.checkKnownAnomaly() }),
        Case(
            name: "of two versions of an incident, an effect, an approval or a shadow effect the newer stays, whichever comes last",
            run: { try await $0.checkVersions() }),
        Case(name: "the last of several puts in one batch counts", run: { try await $0.checkOrderInBatch() }),
        Case(name: "a large batch is written whole", run: { try await $0.checkLargeBatch() }),
    ]

    private func checkAtomicity() async throws {
        let store = try await store()
        let entry = StoreSamples.journal()[0]
        try await store.commit(WriteBatch([.appendJournal(entry)]))
        var other = entry
        other.at = other.at + .seconds(1)
        let good: [StoreOperation] = [
            .putIncident(StoreSamples.incident()), .addAnomaly(StoreSamples.anomaly(), to: "inc-0000000001"), .putRun(StoreSamples.run()),
            .appendJournal(StoreSamples.journal()[1]), .putEffect(StoreSamples.effect()), .putSourceState("s", 1),
            .putPlaybook(StoreSamples.stored()), .putOutboxItem(StoreSamples.outboxItem()),
            .putRequest(StoreSamples.request()), .putApproval(StoreSamples.approval()),
            .putShadowEffect(StoreSamples.shadowEffect()),
        ]
        for place in [0, 5, good.count] {
            var operations = good
            operations.insert(.appendJournal(other), at: place)
            try await require(.conflict, "a batch with a conflict at place \(place)") { try await store.commit(WriteBatch(operations)) }
            try await checkNothingWritten(store)
        }
        try await store.commit(WriteBatch(good))
        try require(try await store.journal(of: "run-1").count, is: 2, "entries after the batch was written without the conflict")
    }

    private func checkNothingWritten(_ store: any IncidentStore) async throws {
        try require(try await store.incidents(IncidentQuery()), is: [], "incidents of a failed batch")
        try require(try await store.anomalies(after: .distantPast), is: [], "anomalies of a failed batch")
        try require(try await store.unfinishedRuns(), is: [], "runs of a failed batch")
        try require(try await store.journal(of: "run-1"), is: [StoreSamples.journal()[0]], "the journal after a failed batch")
        try require(try await store.effects(EffectQuery()), is: [], "effects of a failed batch")
        try require(try await store.sourceStates(), is: [:], "source states of a failed batch")
        try require(try await store.storedPlaybooks(), is: [], "playbooks of a failed batch")
        try require(try await store.openOutboxItems(), is: [], "outbox items of a failed batch")
        try require(try await store.openRequests(), is: [], "requests of a failed batch")
        try require(try await store.approvals(ApprovalQuery()), is: [], "approvals of a failed batch")
    }

    private func checkVersions() async throws {
        var incident = StoreSamples.incident(targets: TargetSet(users: ["new"]))
        var effect = StoreSamples.effect()
        var approval = StoreSamples.approval()
        let shadow = StoreSamples.shadowEffect(version: 10)
        (incident.version, effect.version, approval.version) = (10, 10, 10)
        let newer = (incident, effect, approval)
        let store = try await store(with: [.putIncident(incident), .putEffect(effect), .putApproval(approval), .putShadowEffect(shadow)])
        (incident.version, effect.version, approval.version) = (9, 9, 9)
        incident.targets = TargetSet(users: ["old"])
        effect.state = .ended
        approval.state = .pending
        let older = StoreSamples.shadowEffect(at: 5, version: 9)
        try await store.commit(
            WriteBatch([.putIncident(incident), .putEffect(effect), .putApproval(approval), .putShadowEffect(older)]))
        try require(
            try await store.shadowEffects(since: .distantPast), is: [shadow], "a shadow effect after an older version of it was put")
        try require(try await store.incident(incident.id), is: newer.0, "an incident after an older version of it was put")
        try require(try await store.effect(effect.id), is: newer.1, "an effect after an older version of it was put")
        try require(try await store.approval(approval.id), is: newer.2, "an approval after an older version of it was put")
        try require(try await store.incidents(IncidentQuery(target: .user("old"))), is: [], "incidents about the older version's target")
    }

    private func checkJournalConflict() async throws {
        let entries = StoreSamples.journal()
        let store = try await store(with: entries.map(StoreOperation.appendJournal))
        try await store.commit(WriteBatch(entries.map(StoreOperation.appendJournal)))
        try require(try await store.journal(of: "run-1"), is: entries, "a journal after the same entries again")
        for entry in entries {
            var other = entry
            other.at = other.at + .microseconds(1)
            try await require(.conflict, "entry \(entry.sequence) with another time") {
                try await store.commit(WriteBatch([.appendJournal(other)]))
            }
        }
        try require(try await store.journal(of: "run-1"), is: entries, "a journal after refused entries")
        let first = StoreSamples.journal(of: "run-2")[0]
        var second = first
        second.record = .sealed(.failed)
        try await require(.conflict, "two entries with one number in one batch") {
            try await store.commit(WriteBatch([.appendJournal(first), .appendJournal(second)]))
        }
        try require(try await store.journal(of: "run-2"), is: [], "the journal after a batch that contradicts itself")
    }

    private func checkRevisionConflict() async throws {
        let playbook = StoreSamples.stored(note: "one")
        let store = try await store(with: [.putPlaybook(playbook)])
        try await store.commit(WriteBatch([.putPlaybook(playbook)]))
        try await require(.conflict, "revision 1 with another definition") {
            try await store.commit(WriteBatch([.putPlaybook(StoreSamples.stored(note: "two"))]))
        }
        try await require(.conflict, "one new revision twice in one batch") {
            try await store.commit(
                WriteBatch([
                    .putPlaybook(StoreSamples.stored(revision: 2, note: "a")), .putPlaybook(StoreSamples.stored(revision: 2, note: "b")),
                ]))
        }
        try require(try await store.revisions(of: "p"), is: [playbook], "revisions after refused ones")
    }

    private func checkKnownAnomaly() async throws {
        let anomaly = StoreSamples.anomaly()
        let store = try await store(with: [.addAnomaly(anomaly, to: "a")])
        var other = anomaly
        other.count = 9999
        try await store.commit(WriteBatch([.addAnomaly(other, to: "b"), .addAnomaly(other, to: "a")]))
        try require(try await store.anomalies(of: "a"), is: [anomaly], "an anomaly that was added again")
        try require(try await store.anomalies(of: "b"), is: [], "anomalies of the incident it was added to the second time")
        try require(try await store.anomalies(after: .distantPast), is: [anomaly], "all anomalies")
    }

    private func checkOrderInBatch() async throws {
        let states: [Effect.State] = [.pending, .active, .ended]
        let store = try await store(
            with: states.map { .putEffect(StoreSamples.effect(state: $0)) } + [.putSourceState("s", 1), .putSourceState("s", 2)])
        try require(try await store.effects(EffectQuery()).map(\.state), is: [.ended], "an effect that was put three times in a batch")
        try require(try await store.sourceStates(), is: ["s": 2], "a source state that was put twice in a batch")
    }

    private func checkLargeBatch() async throws {
        let store = try await store(with: (0..<2000).map { .putGuardState(GuardStateName("g-\($0)"), .int($0)) })
        for number in [0, 999, 1999] as [Int64] {
            try require(try await store.guardState(GuardStateName("g-\(number)")), is: .int(number), "one of 2,000 pieces of guard state")
        }
    }
}
