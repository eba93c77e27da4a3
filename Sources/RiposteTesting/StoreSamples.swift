package import Riposte

/// Records with every field set, for tests of stores and of whatever reads from one.
package enum StoreSamples {
    package static let start = ManualClock.defaultStart

    /// `start` and so many seconds, with a fraction that a careless encoding loses.
    package static func time(_ seconds: Int) -> Timestamp { start + .seconds(seconds) + .microseconds(123_457) }

    package static let addresses = ["203.0.113.9", "198.51.100.0/24", "2001:db8:1::/64"].compactMap { AddressRange($0) }

    package static let targets = TargetSet(addresses: addresses, users: ["alice", "bob"], sessions: ["4f2a"])

    package static func incident(_ id: IncidentID = "inc-0000000001", targets: TargetSet = targets, at seconds: Int = 0) -> Incident {
        var incident = Incident(
            id: id, title: "Brute force from 203.0.113.9", severity: .high, targets: targets, sources: addresses,
            detectors: [.bruteForceByAddress, "custom.rule"], openedAt: time(seconds), firstEventAt: time(seconds - 60),
            lastEventAt: time(seconds - 1), openedBy: "ann", reason: "looked odd")
        incident.status = .contained
        incident.containedAt = time(seconds + 2)
        incident.lastActivityAt = time(seconds + 3)
        incident.anomalyCount = 7
        incident.eventCount = 912
        incident.history.append(.init(at: time(seconds + 2), to: .contained, actor: "riposte", note: "ban in force"))
        return incident
    }

    package static func anomaly(_ id: AnomalyID = "ano-1", last seconds: Int = 0) -> Anomaly {
        Anomaly(
            id: id, detector: .bruteForceByAddress, severity: .high, score: 83, targets: targets, sources: addresses,
            first: time(seconds - 60), last: time(seconds), count: 12, summary: "12 failures in a minute",
            evidence: [
                Evidence(
                    time: time(seconds), source: "/var/log/auth.log", address: IPAddress("203.0.113.9"), user: "#3f9a",
                    what: "failure (bad_credentials)", count: 3)
            ])
    }

    package static let playbook = Playbook(
        "brute_force_response", name: "Brute force", summary: "Blocks", isEnabled: false, mode: .shadow, priority: 7,
        triggers: [
            Trigger(), Trigger(detectors: ["brute_force", "credential_stuffing"], severity: .atLeast(.high)),
            Trigger(detectors: ["x"], severity: .exactly([.low, .critical])),
        ], onError: .abort, deadline: .minutes(90), cooldown: .seconds(45), tags: ["ssh", "web"],
        steps: [
            Step(
                "block_ip", id: "first", parameters: ["duration_minutes": 60, "note": "a \"quoted\" note", "list": [1, nil, true]],
                onError: .continue,
                retry: RetryPolicy(
                    attempts: 5, delay: .seconds(2), isExponential: false, maximumDelay: .minutes(2), hasJitter: false,
                    retriesTimeouts: true), timeout: .seconds(11)),
            Step("log_event"),
        ])

    package static func run(
        _ id: RunID = "run-1", incident: IncidentID = "inc-0000000001", status: RunStatus = .running, created seconds: Int = 0
    ) -> PlaybookRun {
        var run = PlaybookRun(
            id: id, incidentID: incident, playbook: playbook, revision: "r3", targets: targets, trigger: .anomaly(anomaly()),
            severity: .critical, episode: 2, mode: .shadow, context: tree.object ?? [:], createdAt: time(seconds))
        run.status = status
        run.waitingFor = "apr-1"
        if status.isFinal {
            run.endedAt = time(seconds + 9)
            run.contained = targets.all
        }
        return run
    }

    package static func outcome(_ message: String = "blocked") -> StepOutcome {
        StepOutcome(
            .failed, message, context: tree.object ?? [:], failureKind: .transient, attempt: 3, startedAt: time(1), endedAt: time(2))
    }

    /// One entry of each kind.
    package static func journal(of run: RunID = "run-1") -> [JournalEntry] {
        let path = StepPath(0, .address(addresses[0]))
        let records: [JournalEntry.Record] = [
            .intent(path, attempt: 1), .retry(path, outcome(), next: time(30)), .intent(path, attempt: 2), .outcome(path, outcome()),
            .asked([path, StepPath(1)], "apr-1", at: time(2)), .asked([], "apr-2", at: time(2)),
            .answered("apr-1", ApprovalAnswer(.granted, by: ["ann"], reason: "seen", at: time(3)), waited: .seconds(7)),
            .outcome(StepPath(1), outcome()), .late(StepPath(1, .user("al/ice")), outcome()), .sealed(.partial),
        ]
        return records.enumerated().map { JournalEntry(runID: run, sequence: $0, at: time($0), record: $1) }
    }

    package static func effect(
        _ id: EffectID = "eff-1", state: Effect.State = .active, incident: IncidentID = "inc-0000000001", run: RunID = "run-1",
        target: Target = .address(addresses[0]), created seconds: Int = 0
    ) -> Effect {
        var effect = Effect(
            id: id, kind: .ban, target: target, action: "block_ip", inverse: tree,
            terms: EffectTerms(rate: RateLimit(10, per: 60), level: "debug"), expiresAt: time(seconds + 3600), state: state,
            incidentID: incident,
            runID: run, step: StepPath(0, target), playbook: "brute_force_response", createdAt: time(seconds))
        effect.activeSince = time(seconds + 1)
        effect.endedAt = time(seconds + 2)
        effect.note = "undone by ann: wrong address"
        effect.undoneBy = "ann"
        effect.undoReason = "undone by ann: wrong address"
        effect.undoAttempts = 4
        effect.nextUndoAt = time(seconds + 5)
        return effect
    }

    package static func stored(_ slug: PlaybookSlug = "p", revision: Int = 1, note: String = "") -> StoredPlaybook {
        StoredPlaybook(
            slug: slug, revision: revision, definition: .object(["definition": playbook.definition, "note": .string(note)]),
            isEnabled: false, author: "ann", at: time(revision))
    }

    package static func outboxItem(
        _ id: String = "ntf-1", incident: IncidentID = "inc-0000000001", state: OutboxItem.State = .queued, due seconds: Int = 0
    ) -> OutboxItem {
        let notification = Notification(
            id: id, incidentID: incident.rawValue, severity: .high, title: "Brute force", body: "12 failures",
            facts: [.init(name: "address", value: "203.0.113.9")], link: "https://riposte.example/incidents/1", createdAt: time(0),
            deduplicationKey: "k-\(id)")
        var item = OutboxItem(notification: notification, channel: "mail", nextAttemptAt: time(seconds))
        item.state = state
        item.attempts = 2
        item.lastError = "connection refused"
        item.settled = [SettledRecipient("+41791110001", isReached: true, words: "queued")]
        item.hold = OutboxItem.Hold(until: time(seconds), reason: .quietHours)
        return item
    }

    /// Forty of two channels and nine incidents: of every severity, waiting, in digests and ended, with positions that differ from the
    /// order in which they are put.
    package static func outbox() -> [OutboxItem] {
        (0..<40).map { number in
            let incident = "inc-\(number % 9)"
            let notification = Notification(
                id: "ntf-\(number)", incidentID: incident, severity: Severity.allCases[number * 7 % 5], title: "t", body: "b",
                createdAt: time(number % 4), deduplicationKey: incident)
            var item = OutboxItem(
                notification: notification, channel: number % 3 == 0 ? "mail" : "sms", position: (40 - number) / 9,
                nextAttemptAt: time(number * 13 % 8))
            let reason: OutboxItem.Hold.Reason = number % 8 == 1 ? .digest : .quietHours
            if number % 4 == 1 { item.hold = OutboxItem.Hold(until: time(number * 13 % 8), reason: reason) }
            if number % 11 == 3 { item.state = .delivered }
            return item
        }
    }

    package static func allowlistEntry(_ id: String = "alw-1", created seconds: Int = 0) -> AllowlistEntry {
        AllowlistEntry(
            id: id, target: .address(addresses[1]), author: "ann", reason: "our \"monitoring\"", createdAt: time(seconds),
            expiresAt: time(seconds + 3600), isOperator: true)
    }

    package static func request(_ id: String = "req-1", created seconds: Int = 0, isAnswered: Bool = false) -> ControlRequest {
        var request = ControlRequest(
            id: id, command: .runPlaybook("p", context: tree.object ?? [:], reason: "drill"), actor: "ann", createdAt: time(seconds))
        guard isAnswered else { return request }
        request.answeredAt = time(seconds + 1)
        request.answer = .done("ran", incident: "inc-0000000001")
        return request
    }

    package static func approval(
        _ id: ApprovalID = "apr-1", state: Approval.State = .granted, requested seconds: Int = 0, version: Int = 3
    ) -> Approval {
        var approval = Approval(
            id, playbook: "p", action: "block_ip", severity: .critical,
            rule: ApprovalRule(approvers: ["security", "ann"], quorum: 2, requester: "bob"), requestedAt: time(seconds),
            expiresAt: time(seconds + 3600))
        approval.reasons = ["the playbook's mode is approve"]
        approval.proposals = ["block_ip 203.0.113.9: would ban"]
        approval.targets = targets.all
        approval.incidents = ["inc-0000000001"]
        (approval.proposalCount, approval.runCount) = (41, 7)
        approval.votes = [Vote(actor: "ann", decision: .grant, reason: "seen", at: time(seconds + 1))]
        approval.turnedAway = [Vote(actor: "eve", decision: .deny, reason: "", at: time(seconds + 2))]
        approval.state = state
        approval.answeredAt = time(seconds + 3)
        approval.version = version
        return approval
    }

    package static func shadowEffect(_ target: Target = .user("alice"), at seconds: Int = 0, version: Int = 3) -> ShadowEffect {
        var effect = ShadowEffect(
            playbook: "p", action: "lock_account", kind: .accountLock, target: target, severity: .high, incidentID: "inc-0000000001",
            since: time(seconds), until: time(seconds + 60), refusal: "protected")
        (effect.times, effect.successes, effect.hinderedSuccesses) = (3, 2, 1)
        (effect.firstSuccessAt, effect.lastSuccessAt) = (time(seconds + 1), time(seconds + 90))
        effect.version = version
        return effect
    }

    /// Every kind of JSON, at the edges of its range.
    package static let tree: JSONValue = [
        "null": nil, "true": true, "int": .int(.max), "negative": .int(.min), "double": 0.1, "text": "a\u{0}b/\\\"\u{2028}👩‍👩‍👧",
        "list": [1, [], [:], "x"], "map": ["": ["a.b": 1]],
    ]

    /// Text that breaks stores: SQL, NUL, escapes, other writing directions, two spellings of the same letter, 100 KB.
    package static let hostileTexts: [String] = [
        "", " ", "'; DROP TABLE incidents; --", "\" OR 1=1", "a\u{0}b", "a", "a\\0b", "a\\\\0b", "\\", "\u{0}", "%00%s%n",
        "\r\n\t\u{1}\u{7F}",
        "👩‍👩‍👧 e\u{301}", "👩‍👩‍👧 \u{E9}", "\u{202E}gnp.exe", "\u{FEFF}\u{FFFF}\u{10FFFF}", "{\"a\":[1]}", "\u{2028}\u{2029}", "NULL", "0", "1e3",
        String(repeating: "long ✓ ", count: 11_000),
    ]
}
