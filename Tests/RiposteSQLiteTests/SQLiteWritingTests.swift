import Foundation
import GRDB
import Riposte
import RiposteTesting
import Testing

@testable import RiposteSQLite

@Suite struct `writing to an SQLite store` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `syncs every commit`() async throws {
        let store = try await folder.openStore()
        let synchronous = try await store.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(synchronous == 2, "FULL: NORMAL loses what was confirmed when the power fails")
        #expect(try await store.pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
    }

    @Test(arguments: ["PRAGMA synchronous = NORMAL", "PRAGMA synchronous = OFF"])
    func `is refused on a connection that does not`(_ pragma: String) async throws {
        let store = try await folder.openStore()
        await #expect(throws: StoreError.self) {
            try await store.pool.writeWithoutTransaction { database in
                try database.execute(sql: pragma)
                try OpenedDatabase.checkDurability(database, path: "x")
            }
        }
    }

    @Test func `shares a transaction among whoever waits`() async throws {
        let store = try await folder.openStore()
        let other = try folder.connection()
        try await other.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1000 { group.addTask { try await store.put(SourceName("s\(number)")) } }
            #expect(try await eventually { store.statistics.pending == 1000 })
            try await other.writeWithoutTransaction { try $0.commit() }
            try await group.waitForAll()
        }
        let statistics = store.statistics
        #expect(statistics.batches == 1000)
        #expect(statistics.pending == 0)
        #expect(statistics.transactions <= 3, "1,000 commits took \(statistics.transactions) transactions")
        #expect(try await store.sourceStates().count == 1000)
    }

    @Test func `finishes what is waiting before it closes, and takes nothing afterwards`() async throws {
        let store = try await folder.openStore()
        let other = try folder.connection()
        try await other.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
        let writes = (0..<20).map { number in Task { try await store.put(SourceName("s\(number)")) } }
        #expect(try await eventually { store.statistics.pending == 20 })
        let closing = Task { try await store.close() }
        try await other.writeWithoutTransaction { try $0.commit() }
        for write in writes { try await write.value }
        try await closing.value
        try await store.close()
        #expect(await code { try await store.put("late") } == .cannotWrite)
        #expect(await code { _ = try await store.sourceStates() } == .cannotRead)
        #expect(await code { _ = try await store.changeMarker() } == .cannotRead)
        #expect(try await folder.openStore().sourceStates().count == 20)
    }

    @Test func `waits for another process, then says that it is busy, then goes on`() async throws {
        let store = try await folder.openStore(busyTimeout: .milliseconds(20))
        let other = try folder.connection()
        try await other.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
        #expect(await code { try await store.put("s") } == .busy)
        #expect(store.statistics.failed == 1)
        #expect(try await store.sourceStates() == [:], "reading goes on meanwhile")
        try await other.writeWithoutTransaction { try $0.rollback() }
        try await store.put("s")
        #expect(try await store.sourceStates() == ["s": 1])
    }

    @Test func `refuses a number that JSON does not know, and nothing else in the group`() async throws {
        let store = try await folder.openStore()
        #expect(await code { try await store.put("s", .double(.infinity)) } == .cannotWrite)
        try await store.put("s")
    }

    @Test func `keeps guard state apart whose names differ in a NUL, a backslash or the spelling of a letter`() async throws {
        let store = try await folder.openStore()
        let names = ["alice", "alice\0", "alice\\0", "alice\\\\0", "\u{E9}", "e\u{301}"]
        for (index, name) in names.enumerated() {
            try await store.commit(WriteBatch([.putGuardState(GuardStateName(name), .int(Int64(index)))]))
        }
        for (index, name) in names.enumerated() { #expect(try await store.guardState(GuardStateName(name)) == .int(Int64(index))) }
    }

    @Test func `does not write into a file that has been removed`() async throws {
        let store = try await folder.openStore()
        try await store.put("s")
        try #require(rename(folder.file, "\(folder.file).away") == 0)
        #expect(await code { try await store.put("t") } == .cannotWrite)
        try #require(rename("\(folder.file).away", folder.file) == 0)
        try await store.put("u")
        #expect(Set(try await store.sourceStates().keys) == ["s", "u"])
    }

    private func code(_ body: () async throws -> Void) async -> StoreError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }
}
