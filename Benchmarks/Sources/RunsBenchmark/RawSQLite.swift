import GRDB
import Riposte

/// What SQLite alone can do: the rows that Riposte has written for its runs, once more into a new file, from one thread that
/// does nothing else. Every step of `inFlight` runs is one transaction, and each is synced.
struct RawSQLite {
    private struct Insert {
        var sql: String
        var values: StatementArguments
    }

    private let schema: [String]
    /// Of each run: of each of its transactions: the rows.
    private let runs: [[[Insert]]]

    /// Reads the first `count` runs from Riposte's own file.
    init(copying path: String, runs count: Int) throws {
        var configuration = Configuration()
        configuration.readonly = true
        (schema, runs) = try DatabaseQueue(path: path, configuration: configuration).read { database in
            let schema = try String.fetchAll(
                database, sql: "SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'")
            let runs = try Row.fetchAll(
                database, sql: "SELECT id, incident FROM runs WHERE is_final ORDER BY created LIMIT ?", arguments: [count])
            return (schema, try runs.map { try Self.transactions(run: $0[0], incident: $0[1], database) })
        }
    }

    private static func transactions(run: String, incident: String, _ database: Database) throws -> [[Insert]] {
        let start =
            try rows("incidents", "id", incident, database) + rows("incident_targets", "incident", incident, database)
            + rows("anomalies", "incident", incident, database)
        let record = try rows("runs", "id", run, database)
        let journal = try rows("journal", "run", run, database)
        // An intent; each outcome with the next intent; the last outcome with the end.
        let steps = stride(from: 1, to: journal.count, by: 2).map { Array(journal[$0..<min($0 + 2, journal.count)]) }
        return [start + record, [journal[0]]] + steps.dropLast() + [(steps.last ?? []) + record]
    }

    private static func rows(_ table: String, _ column: String, _ value: String, _ database: Database) throws -> [Insert] {
        try Row.fetchAll(database, sql: "SELECT * FROM \(table) WHERE \(column) = ?", arguments: [value]).map { row in
            let marks = row.map { _ in "?" }.joined(separator: ", ")
            return Insert(sql: "INSERT OR REPLACE INTO \(table) VALUES (\(marks))", values: StatementArguments(row.databaseValues))
        }
    }

    /// Writes them to a new file at `path`, until they are all written or `seconds` are over.
    func measure(store path: String, inFlight: Int, seconds: Double) throws -> Line {
        let pool = try DatabasePool(path: path)
        defer { try? pool.close() }
        return try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            for statement in schema { try database.execute(sql: statement) }
            var latencies: [Duration] = []
            var (commits, rows, next) = (0, 0, 0)
            let watch = Stopwatch()
            while next < runs.count, watch.elapsed < .seconds(seconds) {
                let group = runs[next..<min(next + inFlight, runs.count)]
                let began = ContinuousClock.now
                for number in group[next].indices {
                    try database.inTransaction(.immediate) {
                        for insert in group.lazy.flatMap({ $0[number] }) {
                            try database.cachedStatement(sql: insert.sql).execute(arguments: insert.values)
                            rows += 1
                        }
                        return .commit
                    }
                    commits += 1
                }
                latencies += Array(repeating: ContinuousClock.now - began, count: group.count)
                next += group.count
            }
            return Line(
                what: "SQLite alone, the same rows", inFlight: inFlight, latencies: latencies.sorted(),
                elapsed: watch.elapsed, cpu: watch.cpu, commits: commits, rows: rows)
        }
    }
}
