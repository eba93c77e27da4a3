internal import GRDB
internal import Riposte

/// The one row of the lease. Every function runs inside an IMMEDIATE transaction, so no two processes decide at once.
enum LeaseTable {
    static func acquire(holder: String, until: Timestamp, now: Timestamp, in database: Database) throws -> Fence? {
        let lease = try current(in: database)
        if let lease, lease.holder != holder, lease.until > now { return nil }
        let isRenewal = lease?.holder == holder
        try database.cachedStatement(sql: "UPDATE lease SET holder = ?, until = ?, fence = fence + ?")
            .execute(arguments: [KeyText(holder), until.microseconds, isRenewal ? 0 : 1])
        return try current(in: database)?.fence
    }

    static func release(_ fence: Fence, in database: Database) throws {
        try database.cachedStatement(sql: "UPDATE lease SET holder = NULL WHERE fence = ?").execute(arguments: [fence.number])
    }

    static func check(_ fence: Fence, in database: Database) throws {
        let lease = try current(in: database)
        guard lease?.fence == fence else { throw StoreError.lostLease(fence, to: lease) }
    }

    static func current(in database: Database) throws -> Lease? {
        let statement = try database.cachedStatement(sql: "SELECT holder, until, fence FROM lease WHERE holder IS NOT NULL")
        guard let row = try Row.fetchOne(statement), let holder: KeyText = row[0] else { return nil }
        return Lease(holder: holder.text, until: Timestamp(microseconds: row[1]), fence: Fence(row[2]))
    }
}
