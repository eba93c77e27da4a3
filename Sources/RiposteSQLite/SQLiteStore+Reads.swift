internal import GRDB
public import Riposte

extension SQLiteStore {
    public func incident(_ id: IncidentID) async throws -> Incident? { try await one(.incidents, [KeyText(id)]) }

    public func known(_ incidents: [IncidentID]) async throws -> Set<IncidentID> {
        try await read { database in
            let statement = try database.cachedStatement(sql: "SELECT 1 FROM incidents WHERE id = ?")
            return Set(try incidents.filter { try Bool.fetchOne(statement, arguments: [KeyText($0)]) != nil })
        }
    }

    public func incidents(_ query: IncidentQuery) async throws -> [Incident] { try await many(Selection(query)) }

    public func anomalies(of incident: IncidentID) async throws -> [Anomaly] {
        try await many(Selection("anomalies", where: "incident = ?", [KeyText(incident)], order: "last, id"))
    }

    public func anomalies(after time: Timestamp) async throws -> [Anomaly] {
        try await many(Selection("anomalies", where: "last > ?", [time.microseconds], order: "last, id"))
    }

    public func run(_ id: RunID) async throws -> PlaybookRun? { try await one(.runs, [KeyText(id)]) }

    public func runs(of incident: IncidentID) async throws -> [PlaybookRun] {
        try await many(Selection("runs", where: "incident = ?", [KeyText(incident)], order: "created, id"))
    }

    public func unfinishedRuns() async throws -> [PlaybookRun] {
        try await many(Selection("runs", where: "is_final = 0", order: "created, id"))
    }

    public func journal(of run: RunID) async throws -> [JournalEntry] {
        try await many(Selection("journal", where: "run = ?", [KeyText(run)], order: "sequence"))
    }

    public func effect(_ id: EffectID) async throws -> Effect? { try await one(.effects, [KeyText(id)]) }

    public func effects(_ query: EffectQuery) async throws -> [Effect] { try await many(Selection(query)) }

    public func sourceStates() async throws -> [SourceName: JSONValue] { try await states(.sourceStates, key: "source") }

    public func guardState(_ name: GuardStateName) async throws -> JSONValue? { try await one(.guardStates, [KeyText(name)]) }

    public func guardStates() async throws -> [GuardStateName: JSONValue] { try await states(.guardStates, key: "name") }

    public func allowlist() async throws -> [AllowlistEntry] { try await many(Selection("allowlist", order: "created, id")) }

    public func storedPlaybooks() async throws -> [StoredPlaybook] {
        let latest = "revision = (SELECT max(revision) FROM playbooks AS other WHERE other.slug = playbooks.slug)"
        return try await many(Selection("playbooks", where: latest, order: "slug"))
    }

    public func revisions(of slug: PlaybookSlug) async throws -> [StoredPlaybook] {
        try await many(Selection("playbooks", where: "slug = ?", [KeyText(slug)], order: "revision"))
    }

    public func outboxItem(_ id: String) async throws -> OutboxItem? { try await one(.outbox, [KeyText(id)]) }

    public func outboxLines(_ query: OutboxQuery) async throws -> [OutboxLine] {
        let lines = try await read { try OutboxLineTable.lines(query, in: $0) }
        return try lines.map { line in OutboxLine(try line.map { try decode($0, from: "outbox") }) }
    }

    public func outboxChannels() async throws -> [ChannelName] {
        try await read { try OutboxLineTable.channels(in: $0) }.map { ChannelName($0.text) }
    }

    public func openOutboxItems() async throws -> [OutboxItem] {
        try await many(Selection("outbox", where: "is_open = 1", order: "due, id"))
    }

    public func outboxItems(of incident: IncidentID) async throws -> [OutboxItem] {
        try await many(Selection("outbox", where: "incident = ?", [KeyText(incident)], order: "ordinal"))
    }

    public func openRequests() async throws -> [ControlRequest] {
        try await many(Selection("requests", where: "is_open = 1", order: "created, id"))
    }

    public func request(_ id: String) async throws -> ControlRequest? { try await one(.requests, [KeyText(id)]) }

    public func approval(_ id: ApprovalID) async throws -> Approval? { try await one(.approvals, [KeyText(id)]) }

    public func shadowEffects(since time: Timestamp) async throws -> [ShadowEffect] {
        try await many(Selection("shadow_effects", where: "last >= ?", [time.microseconds], order: "last, id"))
    }

    public func approvals(_ query: ApprovalQuery) async throws -> [Approval] { try await many(Selection(query)) }
}

extension SQLiteStore {
    private func one<Record: Decodable>(_ table: RecordTable, _ keys: [KeyText]) async throws -> Record? {
        let payload = try await read { database in
            try String.fetchOne(database.cachedStatement(sql: table.read), arguments: StatementArguments(keys))
        }
        return try payload.map { try decode($0, from: table.name) }
    }

    private func many<Record: Decodable>(_ selection: Selection) async throws -> [Record] {
        let payloads = try await read { database in
            try String.fetchAll(database.cachedStatement(sql: selection.sql), arguments: StatementArguments(selection.values))
        }
        return try payloads.map { try decode($0, from: selection.table) }
    }

    /// A whole table of named JSON trees.
    private func states<Name: OpenName>(_ table: RecordTable, key: String) async throws -> [Name: JSONValue] {
        let rows = try await read { database in
            try Row.fetchAll(database, sql: "SELECT \(key), payload FROM \(table.name)").map { row -> (KeyText, String) in (row[0], row[1])
            }
        }
        var states: [Name: JSONValue] = [:]
        for (name, payload) in rows {
            let state: JSONValue = try decode(payload, from: table.name)
            states[Name(rawValue: name.text)] = state
        }
        return states
    }

    private func decode<Record: Decodable>(_ payload: String, from table: String) throws -> Record {
        do {
            return try RecordCoding.decode(Record.self, from: payload)
        } catch {
            throw StoreError.unreadable("a record in “\(table)”", error)
        }
    }
}
