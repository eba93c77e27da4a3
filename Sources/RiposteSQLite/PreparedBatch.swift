internal import GRDB
internal import Riposte

/// A batch as rows: encoded by the caller, so that the one writer has nothing to do but write.
struct PreparedBatch: Sendable {
    private var steps: [PreparedStep]

    init(_ batch: WriteBatch) throws { steps = try batch.operations.map(PreparedStep.init) }

    /// Inside a transaction of the caller's, which must take it back when this throws.
    func write(to database: Database) throws {
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
    /// And the line of that channel and incident.
    case putOutboxItem(PreparedRow, KeyText, KeyText)
    /// Lays an ending over the run that is there.
    case endRun(KeyText, String, isFinal: Bool)
    /// Lays over the run that is there, where it is not over, who has taken it back.
    case undoRun(KeyText, String)

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
        case .putOutboxItem(let row, let channel, let incident):
            try row.put(database)
            try OutboxLineTable.update(channel, incident, in: database)
        case .endRun(let id, let ending, let isFinal):
            let change = "is_final = ?, payload = json_patch(json_remove(payload, '$.waitingFor'), ?)"
            try database.cachedStatement(sql: "UPDATE runs SET \(change) WHERE id = ?").execute(arguments: [isFinal, ending, id])
        case .undoRun(let id, let undone):
            let change = "payload = json_set(payload, '$.undone', json(?))"
            try database.cachedStatement(sql: "UPDATE runs SET \(change) WHERE id = ? AND NOT is_final").execute(arguments: [undone, id])
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
    let payload: String
    private let values: StatementArguments
    private let keys: [DatabaseValue]

    init(_ table: RecordTable, _ values: [(any DatabaseValueConvertible)?], _ record: some Encodable) throws {
        self.table = table
        do {
            payload = try RecordCoding.text(of: record)
        } catch {
            throw StoreError(.cannotWrite, "a record for “\(table.name)” cannot be written as JSON: \(error)")
        }
        // No key paths here: looking them up takes longer than what they lead to.
        keys = values.prefix(table.keys.count).map { $0?.databaseValue ?? .null }
        self.values = StatementArguments(values + [payload])
    }

    func put(_ database: Database) throws { try execute(table.put, database) }

    func add(_ database: Database) throws { try execute(table.add, database) }

    /// What is written where this row's keys are.
    func payload(_ database: Database) throws -> String? {
        try String.fetchOne(database.cachedStatement(sql: table.read), arguments: StatementArguments(keys))
    }

    private func execute(_ sql: String, _ database: Database) throws {
        try database.cachedStatement(sql: sql).execute(arguments: values)
    }
}

/// The tables that hold records, with their statements.
struct RecordTable: Sendable {
    let name: String
    let keys: [String]
    /// Inserts a row, or changes the one that is there; where records say which of two is newer, that one stays.
    let put: String
    /// Inserts a row, or leaves the one that is there.
    let add: String
    /// Reads the record of one key.
    let read: String

    private init(_ name: String, keys: [String] = ["id"], columns: [String] = [], isVersioned: Bool = false) {
        self.name = name
        self.keys = keys
        let all = keys + columns + ["payload"]
        let marks = all.map { _ in "?" }.joined(separator: ", ")
        let insert = "INSERT INTO \(name) (\(all.joined(separator: ", "))) VALUES (\(marks)) ON CONFLICT (\(keys.joined(separator: ", ")))"
        let changes = (columns + ["payload"]).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let newer = " WHERE json_extract(excluded.payload, '$.version') >= json_extract(\(name).payload, '$.version')"
        put = "\(insert) DO UPDATE SET \(changes)" + (isVersioned ? newer : "")
        add = "\(insert) DO NOTHING"
        read = "SELECT payload FROM \(name) WHERE \(keys.map { "\($0) = ?" }.joined(separator: " AND "))"
    }

    static let incidents = RecordTable("incidents", columns: ["status", "last_activity"], isVersioned: true)
    static let anomalies = RecordTable("anomalies", columns: ["incident", "last"])
    static let runs = RecordTable("runs", columns: ["incident", "is_final", "created"])
    static let journal = RecordTable("journal", keys: ["run", "sequence"])
    static let effects = RecordTable("effects", columns: ["state", "incident", "run", "target", "created"], isVersioned: true)
    static let sourceStates = RecordTable("source_states", keys: ["source"])
    static let playbooks = RecordTable("playbooks", keys: ["slug", "revision"])
    static let outbox = RecordTable("outbox", columns: OutboxColumns.names)
    static let requests = RecordTable("requests", columns: ["is_open", "created"])
    static let allowlist = RecordTable("allowlist", columns: ["created"])
    static let approvals = RecordTable("approvals", columns: ["state", "requested"], isVersioned: true)
    static let guardStates = RecordTable("guard_states", keys: ["name"])
    static let shadowEffects = RecordTable("shadow_effects", columns: ["last"], isVersioned: true)
}
