internal import GRDB
internal import Riposte

/// The lines of the outbox in the orders in which they are asked for: a row for each, made anew whenever one of its items is written.
enum OutboxLineTable {
    /// Severities from the highest; what is told together with others has a rank below all of them.
    private static let ranks = Severity.allCases.reversed().map { Int($0.rawValue) }
    private static let digest = -1

    static func update(_ channel: KeyText, _ incident: KeyText, in database: Database) throws {
        try database.cachedStatement(sql: put).execute(arguments: [channel, incident, channel, incident])
        guard database.changesCount == 0 else { return }
        try database.cachedStatement(sql: "DELETE FROM outbox_lines WHERE channel = ? AND incident = ?")
            .execute(arguments: [channel, incident])
    }

    private static let put = """
        INSERT INTO outbox_lines (channel, incident, rank, due, since, first)
        SELECT channel, incident, iif(in_digest, \(digest),
            (SELECT max(severity) FROM outbox WHERE channel = ? AND incident = ? AND is_open = 1)), due, since, ordinal
        FROM outbox WHERE channel = ? AND incident = ? AND is_open = 1 ORDER BY place, created, ordinal LIMIT 1
        ON CONFLICT (channel, incident) DO UPDATE SET rank = excluded.rank, due = excluded.due, since = excluded.since, first = excluded.first
        """

    /// The JSON texts of the items of each line.
    static func lines(_ query: OutboxQuery, in database: Database) throws -> [[String]] {
        let items = try database.cachedStatement(
            sql: "SELECT payload FROM outbox WHERE channel = ? AND incident = ? AND is_open = 1 ORDER BY ordinal")
        let channel = KeyText(query.channel)
        return try incidents(query, in: database).map { try String.fetchAll(items, arguments: [channel, $0]) }
    }

    private static func incidents(_ query: OutboxQuery, in database: Database) throws -> [KeyText] {
        switch query.order {
        case .inDigest: return try incidents("rank = \(digest) AND due <= ?", "due", query, in: database)
        case .longestDue: return try incidents("due <= ?", "due", query, in: database)
        case .oldest: return try incidents("since <= ?", "since", query, in: database)
        case .mostSevere:
            // One after the other: those of one severity that are not due yet are not passed on the way to the next.
            var (found, query): ([KeyText], OutboxQuery) = ([], query)
            for rank in ranks where query.limit > 0 {
                let more = try incidents("rank = \(rank) AND due <= ?", "due", query, in: database)
                found += more
                query.limit -= more.count
            }
            return found
        }
    }

    private static func incidents(
        _ condition: String, _ order: String, _ query: OutboxQuery, in database: Database
    ) throws -> [KeyText] {
        let sql = "SELECT incident FROM outbox_lines WHERE channel = ? AND \(condition) ORDER BY \(order), first LIMIT ?"
        return try KeyText.fetchAll(
            database.cachedStatement(sql: sql), arguments: [KeyText(query.channel), query.time.microseconds, max(query.limit, 0)])
    }

    static func channels(in database: Database) throws -> [KeyText] {
        try KeyText.fetchAll(database.cachedStatement(sql: channels))
    }

    /// From one to the next by the index, not past every line.
    private static let channels = """
        WITH RECURSIVE found (channel) AS (
            SELECT min(channel) FROM outbox_lines
            UNION ALL
            SELECT (SELECT min(channel) FROM outbox_lines WHERE channel > found.channel) FROM found WHERE channel IS NOT NULL
        )
        SELECT channel FROM found WHERE channel IS NOT NULL
        """
}
