internal import GRDB
internal import Riposte

/// What the table of the outbox has beside an item's JSON text.
enum OutboxColumns {
    static let names = ["incident", "is_open", "due", "channel", "place", "created", "since", "severity", "in_digest"]

    static func values(_ item: OutboxItem) -> [(any DatabaseValueConvertible)?] {
        [
            KeyText(item.notification.incidentID), item.state == .queued, item.nextAttemptAt.microseconds, KeyText(item.channel),
            item.position, item.notification.createdAt.microseconds, item.firstDueAt.microseconds,
            Int(item.notification.severity.rawValue), item.isInDigest,
        ]
    }

    /// For what was queued before there were these columns. What cannot be read cannot be told either, and stays as it is.
    static func fillIn(_ database: Database) throws {
        let write = try database.makeStatement(
            sql: "UPDATE outbox SET channel = ?, place = ?, created = ?, since = ?, severity = ?, in_digest = ? WHERE ordinal = ?")
        for row in try Row.fetchAll(database, sql: "SELECT ordinal, payload FROM outbox WHERE is_open = 1") {
            guard let item = try? RecordCoding.decode(OutboxItem.self, from: row["payload"]) else { continue }
            let ordinal: Int64 = row["ordinal"]
            try write.execute(arguments: [
                KeyText(item.channel), item.position, item.notification.createdAt.microseconds, item.firstDueAt.microseconds,
                Int(item.notification.severity.rawValue), item.isInDigest, ordinal,
            ])
        }
    }
}
