internal import GRDB
internal import Riposte

/// A batch as rows: encoded by the caller, so that the one writer has nothing to do but write.
struct PreparedBatch: Sendable {
    private var steps: [PreparedStep]
    private var fence: Fence?

    init(_ batch: WriteBatch, fence: Fence?) throws {
        steps = try batch.operations.map(PreparedStep.init)
        self.fence = fence
    }

    /// Inside a transaction of the caller's, which must take it back when this throws.
    func write(to database: Database) throws {
        if let fence { try LeaseTable.check(fence, in: database) }
        for step in steps { try step.write(to: database) }
    }
}

/// One operation of a batch, ready to be written.
enum PreparedStep: Sendable {
    /// Inserts or replaces one row.
    case put(PreparedRow)
    /// Inserts a row that is left as it is once it is there.
    case add(PreparedRow)
    /// Inserts a row whose content can never be another; `isSame` reads what is there.
    case fix(PreparedRow, isSame: @Sendable (String) -> Bool, conflict: StoreError)
    case putIncident(PreparedRow, KeyText, Set<TargetKey>)

    func write(to database: Database) throws {
        switch self {
        case .put(let row): try row.put(database)
        case .add(let row): try row.add(database)
        case .fix(let row, let isSame, let conflict):
            try row.add(database)
            guard database.changesCount == 0 else { return }
            guard let known = try row.payload(database), known == row.payload || isSame(known) else { throw conflict }
        case .putIncident(let row, let id, let targets):
            try row.put(database)
            guard database.changesCount > 0 else { return }  // a newer one is there
            try Self.putTargets(targets, of: id, database)
        }
    }

    /// Mostly there is nothing to do: an incident is put again far more often than it gets a new target.
    private static func putTargets(_ targets: Set<TargetKey>, of incident: KeyText, _ database: Database) throws {
        let read = try database.cachedStatement(sql: "SELECT count(*) FROM incident_targets WHERE incident = ?")
        let insert = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO incident_targets (incident, kind, value, first) VALUES (?, ?, ?, ?)")
        func insertAll() throws {
            for target in targets { try insert.execute(arguments: [incident, target.kind, KeyText(target.value), target.first]) }
        }
        try insertAll()
        guard let count = try Int.fetchOne(read, arguments: [incident]), count > targets.count else { return }
        try database.cachedStatement(sql: "DELETE FROM incident_targets WHERE incident = ?").execute(arguments: [incident])
        try insertAll()
    }
}

/// One row of one table: the key columns, the columns that queries ask for, and the record's JSON text.
struct PreparedRow: Sendable {
    let table: RecordTable
    let values: [DatabaseValue]
    let payload: String

    init(_ table: RecordTable, _ values: [any DatabaseValueConvertible], _ record: some Encodable) throws {
        self.table = table
        do {
            payload = try RecordCoding.text(of: record)
        } catch {
            throw StoreError(.cannotWrite, "a record for “\(table.rawValue)” cannot be written as JSON: \(error)")
        }
        self.values = values.map(\.databaseValue) + [payload.databaseValue]
    }

    func put(_ database: Database) throws { try execute(table.put, database) }

    func add(_ database: Database) throws { try execute(table.add, database) }

    /// What is written where this row's keys are.
    func payload(_ database: Database) throws -> String? {
        let keys = values.prefix(table.keys.count)
        return try String.fetchOne(database.cachedStatement(sql: table.read), arguments: StatementArguments(keys))
    }

    private func execute(_ sql: String, _ database: Database) throws {
        try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
    }
}

/// The tables that hold records, with their statements.
enum RecordTable: String, Sendable {
    case incidents, anomalies, runs, journal, effects
    case sourceStates = "source_states"
    case playbooks, accounts, outbox, requests, allowlist, approvals
    case guardStates = "guard_states"
    case shadowEffects = "shadow_effects"

    /// Whether its records say which of two is newer; that one stays.
    private var isVersioned: Bool { [.incidents, .effects, .approvals, .shadowEffects].contains(self) }

    var keys: [String] {
        switch self {
        case .incidents, .anomalies, .runs, .effects, .outbox, .requests, .allowlist, .approvals, .shadowEffects: ["id"]
        case .journal: ["run", "sequence"]
        case .sourceStates: ["source"]
        case .playbooks: ["slug", "revision"]
        case .accounts: ["user"]
        case .guardStates: ["name"]
        }
    }

    private var columns: [String] {
        switch self {
        case .incidents: ["status", "last_activity"]
        case .anomalies: ["incident", "last"]
        case .runs: ["incident", "is_final", "created"]
        case .effects: ["state", "incident", "run", "target", "created"]
        case .outbox: ["incident", "is_open", "due"]
        case .requests: ["is_open", "created"]
        case .allowlist: ["created"]
        case .approvals: ["state", "requested"]
        case .shadowEffects: ["last"]
        case .journal, .sourceStates, .playbooks, .accounts, .guardStates: []
        }
    }

    private var insert: String {
        let all = keys + columns + ["payload"]
        let marks = all.map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO \(rawValue) (\(all.joined(separator: ", "))) VALUES (\(marks)) ON CONFLICT (\(keys.joined(separator: ", ")))"
    }

    var add: String { "\(insert) DO NOTHING" }

    var put: String {
        let changes = (columns + ["payload"]).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let put = "\(insert) DO UPDATE SET \(changes)"
        guard isVersioned else { return put }
        return put + " WHERE json_extract(excluded.payload, '$.version') >= json_extract(\(rawValue).payload, '$.version')"
    }

    var read: String { "SELECT payload FROM \(rawValue) WHERE \(keys.map { "\($0) = ?" }.joined(separator: " AND "))" }
}
