internal import Riposte

extension StoreContract {
    static let concurrency: [Case] = [
        Case(name: "200 commits at once are all there, and each caller reads its own", run: { try await $0.checkConcurrentCommits() }),
        Case(name: "a batch that fails does not take those beside it with it", run: { try await $0.checkFailureBeside() }),
        Case(name: "of many who write one journal entry at once, one wins", run: { try await $0.checkRace() }),
        Case(name: "of many who want the lease at once, one gets it", run: { try await $0.checkLeaseRace() }),
        Case(name: "a cancelled task's commit is carried out", run: { try await $0.checkCancellation() }),
    ]

    private func checkConcurrentCommits() async throws {
        let store = try await store()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let run = RunID("run-\(number)")
                    let entry = JournalEntry(runID: run, sequence: number, at: StoreSamples.time(number), record: .sealed(.failed))
                    try await store.commit(WriteBatch([.appendJournal(entry), .putGuardState(GuardStateName("g-\(number)"), 1)]))
                    try require(try await store.journal(of: run), is: [entry], "what commit \(number) has just written")
                }
            }
            try await group.waitForAll()
        }
        let later = try await reopen(store)
        for number in 0..<200 {
            try require(
                try await later.journal(of: RunID("run-\(number)")).map(\.sequence), is: [number], "the journal of commit \(number)")
            try require(try await later.guardState(GuardStateName("g-\(number)")) != nil, "the guard state of commit \(number) is missing")
        }
    }

    private func checkFailureBeside() async throws {
        let store = try await store(with: [.appendJournal(StoreSamples.journal()[0])])
        var other = StoreSamples.journal()[0]
        other.record = .sealed(.failed)
        let conflict = other
        let failures = try await withThrowingTaskGroup(of: StoreError.Code?.self) { group in
            for number in 0..<100 {
                group.addTask {
                    var batch = WriteBatch([.putGuardState(GuardStateName("g-\(number)"), 1)])
                    if number % 2 == 1 { batch.append(.appendJournal(conflict)) }
                    return await code { try await store.commit(batch) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try require(failures.count { $0 == .conflict }, is: 50, "conflicts among 100 commits, 50 of which contradict the journal")
        try require(failures.count { $0 == nil }, is: 50, "successes among them")
        for number in 0..<100 {
            try require(
                try await store.guardState(GuardStateName("g-\(number)")) != nil, is: number % 2 == 0,
                "whether the guard state of commit \(number) is there")
        }
    }

    private func checkRace() async throws {
        let store = try await store()
        let winners = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<30 {
                group.addTask {
                    let entry = JournalEntry(runID: "run-1", sequence: 0, at: StoreSamples.time(number), record: .sealed(.failed))
                    return await code { try await store.commit(WriteBatch([.appendJournal(entry)])) } == nil ? number : nil
                }
            }
            return try await group.reduce(into: [Int]()) { if let winner = $1 { $0.append(winner) } }
        }
        try require(winners.count, is: 1, "how many wrote entry 0")
        try require(try await store.journal(of: "run-1").map(\.at), is: winners.map { StoreSamples.time($0) }, "the entry that won")
    }

    private func checkLeaseRace() async throws {
        let store = try await store()
        let now = StoreSamples.start
        let fences = try await withThrowingTaskGroup(of: Fence?.self) { group in
            for number in 0..<30 {
                group.addTask { try await store.acquireLease(holder: "holder-\(number)", until: now + .seconds(10), now: now) }
            }
            return try await group.reduce(into: [Fence]()) { if let fence = $1 { $0.append(fence) } }
        }
        try require(fences.count, is: 1, "how many were given the lease")
        try require(try await store.lease()?.fence, is: fences.first, "the fence of the lease")
    }

    private func checkCancellation() async throws {
        let store = try await store()
        for number in 0..<20 {
            let task = Task {
                if number % 2 == 0 { withUnsafeCurrentTask { $0?.cancel() } }
                try await store.commit(WriteBatch([.putSourceState(SourceName("s\(number)"), 1)]))
            }
            task.cancel()
            try await task.value
            try require(try await store.sourceStates()[SourceName("s\(number)")], is: 1, "what a cancelled task committed")
        }
    }

    private func code(_ body: () async throws -> Void) async -> StoreError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? StoreError)?.code ?? StoreError.Code(rawValue: "another error: \(error)")
        }
    }
}
