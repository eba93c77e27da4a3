internal import Riposte

extension StoreContract {
    static let queries: [Case] = [
        Case(name: "incidents come by last activity, and by status, time and limit", run: { try await $0.checkIncidentQuery() }),
        Case(
            name: "incidents are found by target, addresses also by networks around and inside",
            run: { try await $0.checkIncidentTargets() }),
        Case(name: "anomalies come by event time", run: { try await $0.checkAnomalyOrder() }),
        Case(name: "runs come by creation, then id", run: { try await $0.checkRunOrder() }),
        Case(name: "effects are found by everything that is asked for together", run: { try await $0.checkEffectQuery() }),
        Case(name: "outbox items come by when they are due, and of an incident as they were put", run: { try await $0.checkOutboxOrder() }),
        Case(
            name: "outbox lines are found by channel, order and time, no more than are asked for",
            run: { try await $0.checkOutboxLines() }),
        Case(name: "an outbox line changes with its items, and is gone when they have ended", run: { try await $0.checkOutboxChanges() }),
        Case(name: "open requests come oldest first", run: { try await $0.checkRequestOrder() }),
        Case(name: "approvals come newest first, those of a state or all", run: { try await $0.checkApprovalOrder() }),
    ]

    private func checkIncidentQuery() async throws {
        let statuses: [Incident.Status] = [.open, .contained, .resolved]
        let incidents = (0..<9).map { index in
            var incident = StoreSamples.incident(IncidentID("inc-\(index)"), at: index / 3)
            incident.status = statuses[index % 3]
            return incident
        }
        let store = try await store(with: incidents.map(StoreOperation.putIncident))
        let newest: [Incident] = incidents.reversed()
        func found(_ query: IncidentQuery) async throws -> [String] { try await store.incidents(query).map(\.id.rawValue) }
        try require(try await store.incidents(IncidentQuery()), is: newest, "all incidents")
        try require(try await found(IncidentQuery(limit: 4)), is: newest.prefix(4).map(\.id.rawValue), "incidents, at most four")
        let middle = incidents[4].lastActivityAt
        try require(
            try await found(IncidentQuery(before: middle)), is: incidents[..<3].reversed().map(\.id.rawValue), "incidents before a time")
        try require(try await found(IncidentQuery(limit: 0)), is: [], "incidents, at most none")
        let open = newest.filter { $0.status == .open }.map(\.id.rawValue)
        try require(try await found(IncidentQuery(statuses: [.open])), is: open, "open incidents")
        try require(
            try await found(IncidentQuery(statuses: [.open, .contained, .resolved], limit: 1)), is: ["inc-8"], "any status, at most one")
        let since = newest.filter { $0.lastActivityAt >= incidents[3].lastActivityAt }.map(\.id.rawValue)
        try require(
            try await found(IncidentQuery(since: incidents[3].lastActivityAt)), is: since, "incidents active since a time, that included")
        let late = IncidentQuery(statuses: [.resolved], target: .user("alice"), since: incidents[3].lastActivityAt, limit: 1)
        try require(try await found(late), is: ["inc-8"], "incidents by everything together")
    }

    private func checkIncidentTargets() async throws {
        let texts = [
            "203.0.113.9", "203.0.113.0/24", "203.0.112.0/23", "203.0.113.128/25", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::1",
            "2001:db8::/32",
            "::/0", "255.255.255.255", "::",
        ]
        let ranges = texts.compactMap { AddressRange($0) }
        let incidents = ranges.enumerated().map { index, range in
            StoreSamples.incident(IncidentID("inc-\(index)"), targets: TargetSet(addresses: [range], users: ["user-\(index)", "all"]))
        }
        let store = try await store(with: incidents.map(StoreOperation.putIncident))
        for asked in ranges
            + ["203.0.113.10", "203.0.113.8/30", "11.0.0.1", "2001:db8:0:1::/64", "2001:db9::"].compactMap({ AddressRange($0) })
        {
            let found = try await store.incidents(IncidentQuery(target: .address(asked))).flatMap(\.targets.addresses)
            let expected = ranges.filter { $0.overlaps(asked) }
            try require(Set(found.map(\.description)), is: Set(expected.map(\.description)), "incidents that touch \(asked)")
        }
        try require(try await store.incidents(IncidentQuery(target: .user("user-3"))), is: [incidents[3]], "incidents about a user")
        try require(
            try await store.incidents(IncidentQuery(target: .user("all"))).count, is: incidents.count, "incidents about everybody's user")
        try require(try await store.incidents(IncidentQuery(target: .session("user-3"))), is: [], "incidents about a session of that name")
    }

    private func checkAnomalyOrder() async throws {
        let times = [5, 1, 3, 3, 9]
        let anomalies = times.enumerated().map { StoreSamples.anomaly(AnomalyID("ano-\($0)"), last: $1) }
        let operations = anomalies.enumerated().map { StoreOperation.addAnomaly($1, to: $0 == 4 ? "other" : "i") }
        let store = try await store(with: operations)
        let order = [1, 2, 3, 0].map { anomalies[$0] }
        try require(try await store.anomalies(of: "i"), is: order, "anomalies of an incident, by event time, then id")
        try require(
            try await store.anomalies(after: anomalies[2].last), is: [anomalies[0], anomalies[4]], "anomalies after a time, that excluded")
        try require(try await store.anomalies(after: .distantPast), is: order + [anomalies[4]], "all anomalies")
    }

    private func checkRunOrder() async throws {
        let runs = [
            StoreSamples.run("run-c", created: 2), StoreSamples.run("run-b", status: .succeeded, created: 1),
            StoreSamples.run("run-a", created: 2), StoreSamples.run("run-d", incident: "other", created: 0),
        ]
        let store = try await store(with: runs.map(StoreOperation.putRun))
        try require(try await store.runs(of: "inc-0000000001").map(\.id), is: ["run-b", "run-a", "run-c"], "the runs of an incident")
        try require(try await store.unfinishedRuns().map(\.id), is: ["run-d", "run-a", "run-c"], "unfinished runs")
    }

    private func checkEffectQuery() async throws {
        let targets: [Target] = [.address(StoreSamples.addresses[0]), .address(StoreSamples.addresses[1]), .user("alice")]
        let effects = (0..<48).map { index in
            StoreSamples.effect(
                EffectID("eff-\(10 + index)"), state: Effect.State.allCases[index % 8], incident: index % 2 == 0 ? "a" : "b",
                run: RunID("run-\(index % 3)"), target: targets[index / 2 % 3], created: index / 4)
        }
        let store = try await store(with: effects.reversed().map(StoreOperation.putEffect))
        let since = effects[20].createdAt
        let queries = [
            EffectQuery(), .open, EffectQuery(states: [.active]), EffectQuery(incident: "a"), EffectQuery(run: "run-1"),
            EffectQuery(target: targets[0]), EffectQuery(target: targets[2]), EffectQuery(createdSince: since), EffectQuery(incident: "c"),
            EffectQuery(states: [.active, .ended], incident: "b", run: "run-1", target: targets[1], createdSince: since),
            EffectQuery(states: [.void], incident: "a", createdSince: since), EffectQuery(run: "run-2", target: targets[2]),
        ]
        for query in queries { try require(try await store.effects(query), is: effects.filter(query.matches), "effects by \(query)") }
    }

    private func checkOutboxOrder() async throws {
        let items = [
            StoreSamples.outboxItem("n-3", due: 5), StoreSamples.outboxItem("n-1", state: .failed, due: 1),
            StoreSamples.outboxItem("n-2", due: 2),
            StoreSamples.outboxItem("n-4", incident: "other", due: 2), StoreSamples.outboxItem("n-0", state: .delivered, due: 0),
        ]
        let store = try await store(with: items.map(StoreOperation.putOutboxItem))
        try await store.commit(WriteBatch([.putOutboxItem(items[0])]))
        try require(try await store.openOutboxItems().map(\.id), is: ["n-2", "n-4", "n-3"], "open outbox items")
        try require(try await store.outboxItems(of: "inc-0000000001").map(\.id), is: ["n-3", "n-1", "n-2", "n-0"], "items of an incident")
    }

    private func checkApprovalOrder() async throws {
        let approvals = [
            StoreSamples.approval("a-1", state: .pending, requested: 1), StoreSamples.approval("a-2", state: .pending, requested: 1),
            StoreSamples.approval("a-3", state: .denied, requested: 2), StoreSamples.approval("a-0", state: .pending, requested: 0),
        ]
        let store = try await store(with: approvals.map(StoreOperation.putApproval))
        try require(try await store.approvals(.pending).map(\.id), is: ["a-2", "a-1", "a-0"], "approvals that nobody has answered")
        try require(try await store.approvals(ApprovalQuery(limit: 2)).map(\.id), is: ["a-3", "a-2"], "the last two approvals")
    }

    private func checkRequestOrder() async throws {
        let requests = [
            StoreSamples.request("r-3", created: 1), StoreSamples.request("r-1", created: 2), StoreSamples.request("r-2", created: 1),
            StoreSamples.request("r-0", created: 0, isAnswered: true),
        ]
        let store = try await store(with: requests.map(StoreOperation.putRequest))
        try require(try await store.openRequests().map(\.id), is: ["r-2", "r-3", "r-1"], "open requests")
    }
}
