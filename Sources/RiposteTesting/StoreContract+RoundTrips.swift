internal import Riposte

extension StoreContract {
    static let roundTrips: [Case] = [
        Case(name: "an empty store has nothing", run: { try await $0.checkEmptyStore() }),
        Case(name: "an incident comes back with every field", run: { try await $0.checkIncident() }),
        Case(name: "which incidents there are is told", run: { try await $0.checkKnownIncidents() }),
        Case(name: "anomalies come back with every field", run: { try await $0.checkAnomalies() }),
        Case(name: "a run comes back with its playbook and every field", run: { try await $0.checkRun() }),
        Case(name: "a journal comes back with every kind of entry", run: { try await $0.checkJournal() }),
        Case(name: "an effect comes back with every field, in every state", run: { try await $0.checkEffects() }),
        Case(name: "stored playbooks come back, the latest and all revisions", run: { try await $0.checkPlaybooks() }),
        Case(name: "source states, accounts, outbox items and requests come back", run: { try await $0.checkSmallRecords() }),
        Case(name: "allowlist entries and guard states come back", run: { try await $0.checkGuard() }),
        Case(name: "an approval comes back with every field, in every state", run: { try await $0.checkApprovals() }),
        Case(name: "a shadow effect comes back with every field", run: { try await $0.checkShadowEffects() }),
        Case(name: "every command and answer comes back", run: { try await $0.checkCommands() }),
        Case(name: "hostile text comes back byte for byte, in keys too", run: { try await $0.checkHostileText() }),
        Case(name: "putting a record again replaces it", run: { try await $0.checkReplacing() }),
    ]

    private func checkEmptyStore() async throws {
        let store = try await reopen(try await store())
        try require(try await store.incident("x") == nil, "an incident that nobody put")
        try require(try await store.run("x") == nil, "a run that nobody put")
        try require(try await store.effect("x") == nil, "an effect that nobody put")
        try require(try await store.outboxItem("x") == nil, "an outbox item that nobody put")
        try require(try await store.request("x") == nil, "a request that nobody put")
        try require(try await store.lease() == nil, "a lease that nobody took")
        try require(try await store.incidents(IncidentQuery()), is: [], "incidents")
        try require(try await store.effects(EffectQuery()), is: [], "effects")
        try require(try await store.anomalies(after: .distantPast), is: [], "anomalies")
        try require(try await store.anomalies(of: "x"), is: [], "anomalies of an incident")
        try require(try await store.unfinishedRuns() + store.runs(of: "x"), is: [], "runs")
        try require(try await store.journal(of: "x"), is: [], "journal")
        try require(try await store.sourceStates(), is: [:], "source states")
        try require(try await store.storedPlaybooks() + store.revisions(of: "x"), is: [], "playbooks")
        try require(try await store.openOutboxItems() + store.outboxItems(of: "x"), is: [], "outbox items")
        try require(try await store.openRequests(), is: [], "requests")
        try require(try await store.allowlist(), is: [], "allowlist entries")
        try require(try await store.guardStates(), is: [:], "guard states")
        try require(try await store.guardState("x") == nil, "a guard state that nobody put")
        try require(try await store.approval("x") == nil, "an approval that nobody put")
        try require(try await store.approvals(ApprovalQuery()), is: [], "approvals")
        try require(try await store.shadowEffects(since: .distantPast), is: [], "shadow effects")
        try await store.commit(WriteBatch())
        try require(try await store.changeMarker(), is: try await store.changeMarker(), "the change marker with no change between")
    }

    private func checkIncident() async throws {
        let incident = StoreSamples.incident()
        let bare = Incident(
            id: "inc-bare", title: "", severity: .info, targets: TargetSet(), openedAt: StoreSamples.start,
            firstEventAt: StoreSamples.start, lastEventAt: StoreSamples.start)
        let store = try await store(with: [.putIncident(incident), .putIncident(bare)])
        try require(try await store.incident(incident.id), is: incident, "an incident")
        try require(try await store.incident(bare.id), is: bare, "an incident with empty fields")
    }

    private func checkKnownIncidents() async throws {
        let store = try await store(with: [.putIncident(StoreSamples.incident())])
        try require(try await store.known(["inc-0000000001", "inc-none"]), is: ["inc-0000000001"], "which incidents there are")
        try require(try await store.known([]), is: [], "which of no incidents there are")
    }

    private func checkAnomalies() async throws {
        let anomaly = StoreSamples.anomaly()
        let store = try await store(with: [.addAnomaly(anomaly, to: "i")])
        try require(try await store.anomalies(of: "i"), is: [anomaly], "the anomalies of an incident")
    }

    private func checkRun() async throws {
        for status in RunStatus.allCases {
            let run = StoreSamples.run(status: status)
            let store = try await store(with: [.putRun(run)])
            try require(try await store.run(run.id), is: run, "a run that is \(status)")
            try require(try await store.unfinishedRuns(), is: status.isFinal ? [] : [run], "unfinished runs, one being \(status)")
        }
        let ending = RunEnding(
            status: .partial, endedAt: StoreSamples.run().createdAt + .seconds(5), contained: [.user("ann\u{0}\"\\b")])
        let ended = try await store(with: [.putRun(StoreSamples.run()), .endRun("run-1", ending), .endRun("run-none", ending)])
        try require(try await ended.run("run-1"), is: StoreSamples.run().ended(ending), "a run that has ended")
        try require(try await ended.unfinishedRuns(), is: [], "unfinished runs after the only one has ended")
        try require(try await ended.run("run-none") == nil, "the end of a run that is not there")
        let undone = Undone(by: "ann\u{0}\"\\b", reason: "our scanner", at: ending.endedAt)
        let back = try await store(with: [
            .putRun(StoreSamples.run()), .undoRun("run-1", undone), .undoRun("run-none", undone),
            .putRun(StoreSamples.run("run-over", status: .denied)), .undoRun("run-over", undone),
        ])
        try require(try await back.run("run-1"), is: StoreSamples.run().undone(undone), "a run that was taken back")
        try require(try await back.run("run-over"), is: StoreSamples.run("run-over", status: .denied), "a run that was over before")
        try require(try await back.run("run-none") == nil, "the taking back of a run that is not there")
        try await back.commit(WriteBatch([.endRun("run-1", ending)]))
        try require(try await back.run("run-1"), is: StoreSamples.run().undone(undone).ended(ending), "the end of a run taken back")
        var manual = StoreSamples.run("run-manual")
        manual.trigger = .manual(actor: "ann", reason: "drill")
        let store = try await store(with: [.putRun(manual)])
        try require(try await store.run(manual.id), is: manual, "a run by hand")
    }

    private func checkJournal() async throws {
        let entries = StoreSamples.journal()
        let store = try await store(with: entries.reversed().map(StoreOperation.appendJournal))
        try require(try await store.journal(of: "run-1"), is: entries, "a journal, by sequence")
        try require(try await store.journal(of: "run-2"), is: [], "another run's journal")
    }

    /// A time that JSON cannot say must not make a record unreadable; the store may write the nearest it can.
    private func checkEffects() async throws {
        let effects = Effect.State.allCases.map { StoreSamples.effect(EffectID($0.rawValue), state: $0) }
        var permanent = StoreSamples.effect("permanent")
        permanent.expiresAt = nil
        permanent.note = nil
        let store = try await store(with: (effects + [permanent]).map(StoreOperation.putEffect))
        var endless = StoreSamples.effect("endless")
        endless.expiresAt = .distantFuture
        endless.nextUndoAt = .distantPast
        try await store.commit(WriteBatch([.putEffect(endless)]))
        try require(try await store.effects(EffectQuery()).count, is: effects.count + 2, "effects, one of which ends beyond the year 9999")
        for effect in effects + [permanent] { try require(try await store.effect(effect.id), is: effect, "an effect") }
    }

    private func checkPlaybooks() async throws {
        let revisions = (1...12).map { StoreSamples.stored(revision: $0) }
        let other = StoreSamples.stored("a", revision: 3)
        let store = try await store(with: (revisions.reversed() + [other]).map(StoreOperation.putPlaybook))
        try require(try await store.revisions(of: "p"), is: revisions, "revisions, oldest first")
        try require(try await store.storedPlaybooks(), is: [other, revisions[11]], "the latest revisions, by slug")
        try require(try await store.revisions(of: "q"), is: [], "revisions of another")
    }

    private func checkSmallRecords() async throws {
        let item = StoreSamples.outboxItem()
        let request = StoreSamples.request(isAnswered: true)
        let store = try await store(with: [
            .putSourceState("/var/log/auth.log", StoreSamples.tree), .putSourceState("journal:ssh.service", nil), .putOutboxItem(item),
            .putRequest(request),
        ])
        let expected: [SourceName: JSONValue] = ["/var/log/auth.log": StoreSamples.tree, "journal:ssh.service": .null]
        try require(try await store.sourceStates(), is: expected, "source states")
        try require(try await store.outboxItem(item.id), is: item, "an outbox item")
        try require(try await store.request(request.id), is: request, "a request")
    }

    private func checkGuard() async throws {
        let entries = (0..<3).map { StoreSamples.allowlistEntry("alw-\($0)", created: -$0) }
        let store = try await store(
            with: entries.map(StoreOperation.putAllowlistEntry) + [
                .putGuardState("a", StoreSamples.tree), .putGuardState("b", nil), .putGuardState("a", 2),
            ])
        try require(try await store.allowlist(), is: entries.reversed(), "allowlist entries, oldest first")
        try require(try await store.guardStates(), is: ["a": 2, "b": .null], "guard states")
        try require(try await store.guardState("a"), is: 2, "a guard state")
        var removed = entries[0]
        (removed.removedAt, removed.removedBy) = (StoreSamples.time(9), "bob")
        try await store.commit(WriteBatch([.putAllowlistEntry(removed)]))
        try require(try await store.allowlist().last, is: removed, "an allowlist entry put again")
    }

    private func checkApprovals() async throws {
        let approvals = Approval.State.allCases.map { StoreSamples.approval(ApprovalID($0.rawValue), state: $0) }
        let store = try await store(with: approvals.map(StoreOperation.putApproval))
        for approval in approvals { try require(try await store.approval(approval.id), is: approval, "an approval") }
    }

    private func checkShadowEffects() async throws {
        var endless = StoreSamples.shadowEffect(.address(StoreSamples.addresses[2]), at: 2)
        (endless.until, endless.refusal, endless.firstSuccessAt, endless.lastSuccessAt) = (nil, nil, nil, nil)
        let first = StoreSamples.shadowEffect(at: 1)
        let store = try await store(with: [.putShadowEffect(endless), .putShadowEffect(first)])
        try require(try await store.shadowEffects(since: .distantPast), is: [first, endless], "shadow effects, by time")
        try require(try await store.shadowEffects(since: StoreSamples.time(2)), is: [endless], "those of a time or later")
    }

    private func checkCommands() async throws {
        let commands: [ControlRequest.Command] = [
            .runPlaybook("p", context: ["user": "alice"], reason: "drill"),
            .addDecision(.address(StoreSamples.addresses[1]), type: .throttle, durationSeconds: nil, reason: "noise"),
            .addDecision(.user("alice"), type: .accountLock, durationSeconds: 60, reason: ""),
            .allow(.user("alice"), durationSeconds: 60, isOperator: true, reason: "r"),
            .allow(.address(StoreSamples.addresses[1]), durationSeconds: nil, isOperator: false, reason: ""),
            .disallow(.user("alice"), reason: "done"),
            .removeDecision(.session("4f2a"), reason: "mistake"), .undo(.incident("inc-1"), reason: "mistake"),
            .undo(.period(from: Timestamp(seconds: 7), until: nil, playbook: "p"), reason: ""), .reloadPlaybooks,
            .answerApproval("apr-1", .deny, reason: "ours"),
        ]
        let answers: [ControlRequest.Answer?] = [nil, .done("ran", incident: "inc-1"), .done("", incident: nil), .refused("no")]
        for (index, command) in commands.enumerated() {
            for answer in answers {
                var request = ControlRequest(id: "req-\(index)", command: command, actor: "ann", createdAt: StoreSamples.time(index))
                request.answer = answer
                let store = try await store(with: [.putRequest(request)])
                try require(try await store.request(request.id), is: request, "a request")
            }
        }
    }

    private func checkHostileText() async throws {
        let texts = StoreSamples.hostileTexts
        var operations: [StoreOperation] = []
        for (index, text) in texts.enumerated() {
            var incident = StoreSamples.incident(IncidentID("inc-\(index)"), targets: TargetSet(users: [text], sessions: [text]))
            incident.title = text
            operations.append(.putIncident(incident))
            operations.append(.putEffect(StoreSamples.effect(EffectID("e\(index)"), target: .user("u\(text)"))))
        }
        let store = try await store(with: operations)
        for (index, text) in texts.enumerated() { try await checkHostileText(text, index, store) }
    }

    /// `==` on strings takes two spellings of a letter for the same, so the bytes are compared.
    private func checkHostileText(_ text: String, _ index: Int, _ store: any IncidentStore) async throws {
        let shown = text.prefix(40).debugDescription
        let incident = try await store.incident(IncidentID("inc-\(index)"))
        try require(incident.map { Array($0.title.utf8) }, is: Array(text.utf8), "the title \(shown)")
        let incidents = try await store.incidents(IncidentQuery(target: .user(text)))
        try require(incidents.contains { $0.id == incident?.id }, "the incident about the user \(shown) is not found by its user")
        let effects = try await store.effects(EffectQuery(target: .user("u\(text)")))
        try require(effects.contains { $0.id.rawValue == "e\(index)" }, "the effect on the user \(shown) is not found by its target")
    }

    private func checkReplacing() async throws {
        var incident = StoreSamples.incident()
        var run = StoreSamples.run()
        var effect = StoreSamples.effect()
        let first: [StoreOperation] = [
            .putIncident(incident), .putRun(run), .putEffect(effect), .putOutboxItem(StoreSamples.outboxItem()),
            .putRequest(StoreSamples.request()), .putSourceState("s", 1),
        ]
        let store = try await store(with: first)
        incident.targets = TargetSet(users: ["carol"])
        run.status = .failed
        effect.state = .ended
        let item = StoreSamples.outboxItem(state: .delivered)
        try await store.commit(
            WriteBatch([
                .putIncident(incident), .putRun(run), .putEffect(effect), .putOutboxItem(item),
                .putRequest(StoreSamples.request(isAnswered: true)), .putSourceState("s", 2),
            ]))
        try require(try await store.incident(incident.id), is: incident, "an incident that was put again")
        try require(try await store.incidents(IncidentQuery(target: .user("alice"))), is: [], "incidents by a target they no longer have")
        try require(try await store.incidents(IncidentQuery(target: .user("carol"))), is: [incident], "incidents by their new target")
        try require(try await store.runs(of: run.incidentID), is: [run], "a run that was put again")
        try require(try await store.unfinishedRuns(), is: [], "unfinished runs after the only one has ended")
        try require(try await store.effects(.open), is: [], "open effects after the only one has ended")
        try require(try await store.openOutboxItems(), is: [], "open outbox items after the only one was delivered")
        try require(try await store.outboxItems(of: incident.id), is: [item], "an item that was put again")
        try require(try await store.openRequests(), is: [], "open requests after the only one was answered")
        try require(try await store.sourceStates(), is: ["s": 2], "a source state that was put again")
    }
}
