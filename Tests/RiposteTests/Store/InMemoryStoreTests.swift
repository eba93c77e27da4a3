import Riposte
import RiposteTesting
import Testing

@Suite struct `a store in memory` {
    @Test(arguments: StoreContract.cases)
    func `keeps the contract`(_ part: StoreContract.Case) async throws {
        try await StoreContract { InMemoryStore() }.check(part)
    }

    @Test func `tells of every commit by its change marker`() async throws {
        let store = InMemoryStore()
        let before = try await store.changeMarker()
        try await store.commit(WriteBatch([.putSourceState("s", 1)]))
        #expect(try await store.changeMarker() != before)
    }
}

/// A contract suite that passes everything would prove nothing: each of these stores breaks one promise.
@Suite struct `the store's contract` {
    @Test(arguments: BrokenStore.Flaw.allCases)
    func `notices a store that breaks it`(_ flaw: BrokenStore.Flaw) async throws {
        await #expect(throws: ContractViolation.self) {
            try await StoreContract { BrokenStore(flaw) }.checkAll()
        }
    }
}

/// A store in memory that gets one thing wrong.
final class BrokenStore: ForwardingStore {
    enum Flaw: CaseIterable {
        case losesTheFirstOperation, splitsBatches, ignoresFences, ignoresConflicts, forgetsReplacements, givesTheLeaseToAll
        case truncatesAtNUL, ignoresLimit, losesCancelledCommits, readsAllThatWaits, tellsTheLeastFirst
    }

    let base: any IncidentStore = InMemoryStore()
    private let flaw: Flaw

    init(_ flaw: Flaw) { self.flaw = flaw }

    func commit(_ batch: WriteBatch, fence: Fence?) async throws {
        switch flaw {
        case .losesTheFirstOperation: try await base.commit(WriteBatch(Array(batch.operations.dropFirst())), fence: fence)
        case .splitsBatches: for operation in batch.operations { try await base.commit(WriteBatch([operation]), fence: fence) }
        case .ignoresFences: try await base.commit(batch, fence: nil)
        case .ignoresConflicts:
            do { try await base.commit(batch, fence: fence) } catch let error as StoreError where error.code == .conflict {}
        case .forgetsReplacements:
            let known = try await base.sourceStates()["s"] != nil
            guard !known else { return }
            try await base.commit(batch, fence: fence)
        case .losesCancelledCommits:
            try Task.checkCancellation()
            try await base.commit(batch, fence: fence)
        case .givesTheLeaseToAll, .truncatesAtNUL, .ignoresLimit, .readsAllThatWaits, .tellsTheLeastFirst:
            try await base.commit(batch, fence: fence)
        }
    }

    func incidents(_ query: IncidentQuery) async throws -> [Incident] {
        var query = query
        if flaw == .ignoresLimit { query.limit = nil }
        if flaw == .truncatesAtNUL, case .user(let user)? = query.target { query.target = .user(String(user.prefix { $0 != "\0" })) }
        return try await base.incidents(query)
    }

    func acquireLease(holder: String, until: Timestamp, now: Timestamp) async throws -> Fence? {
        try await base.acquireLease(holder: flaw == .givesTheLeaseToAll ? "everybody" : holder, until: until, now: now)
    }

    func outboxLines(_ query: OutboxQuery) async throws -> [OutboxLine] {
        var query = query
        if flaw == .readsAllThatWaits { query.limit = .max }
        let lines = try await base.outboxLines(query)
        return flaw == .tellsTheLeastFirst ? lines.reversed() : lines
    }
}
