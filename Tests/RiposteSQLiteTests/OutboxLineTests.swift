import Foundation
import GRDB
import Riposte
import RiposteTesting
import Testing

@testable import RiposteSQLite

@Suite struct `the outbox in an SQLite store` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let queries = OutboxQuery.Order.allCases.map { OutboxQuery("sms", $0, at: StoreSamples.time(5), limit: 7) }

    @Test func `written before it had lines is found by them`() async throws {
        let old = try folder.connection()
        try Schema.migrator.migrate(old, upTo: "4 no accounts")
        let items = StoreSamples.outbox()
        try await old.write { database in
            try database.execute(sql: "PRAGMA application_id = \(OpenedDatabase.applicationID)")
            for item in items {
                let payload = String(decoding: try JSONEncoder().encode(item), as: UTF8.self)
                try database.execute(
                    sql: "INSERT INTO outbox (id, incident, is_open, due, payload) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        item.id, item.notification.incidentID, item.state == .queued, item.nextAttemptAt.microseconds, payload,
                    ])
            }
            // One that nobody can read holds up no other.
            try database.execute(sql: "INSERT INTO outbox (id, incident, is_open, due, payload) VALUES ('x', 'x', 1, 0, '{}')")
        }
        try old.close()
        let store = try await folder.openStore()
        let new = InMemoryStore()
        try await new.commit(WriteBatch(items.map(StoreOperation.putOutboxItem)))
        for query in queries { #expect(try await store.outboxLines(query) == new.outboxLines(query), "\(query)") }
        #expect(try await store.outboxChannels() == ["mail", "sms"])
        // And goes on from there.
        let ended = items.map { item in
            var item = item
            item.state = .delivered
            return StoreOperation.putOutboxItem(item)
        }
        try await store.commit(WriteBatch(ended))
        #expect(try await store.outboxChannels().isEmpty)
    }

    /// Whatever else is in the file: no statement passes a table, or sorts what it has found.
    @Test func `is read by its indexes alone`() async throws {
        let store = try await folder.openStore()
        try await store.commit(WriteBatch(StoreSamples.outbox().map(StoreOperation.putOutboxItem)))
        let all = try await store.pool.read { database -> Set<String> in
            var all: Set<String> = []
            database.trace { all.insert($0.expandedDescription) }
            for query in queries { _ = try OutboxLineTable.lines(query, in: database) }
            _ = try OutboxLineTable.channels(in: database)
            database.trace(options: [])
            return all
        }
        #expect(all.count > queries.count)
        for statement in all {
            let plan = try await store.pool.read { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + statement).map { "\($0["detail"] ?? "")" }
            }
            #expect(!plan.contains { $0.contains("SCAN outbox") || $0.contains("TEMP B-TREE") }, "\(statement): \(plan)")
        }
    }
}
