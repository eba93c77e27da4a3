internal import GRDB

/// The tables. Each record is one row: its JSON text, and beside it the columns that queries ask for.
///
/// Times are microseconds since 1970. Text that somebody outside chose goes through ``KeyText``. A migration that has
/// been released is never changed; a new one is added.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 records") { database in
            for statement in incidents + runs + effects + rest { try database.execute(sql: statement) }
        }
        migrator.registerMigration("2 guard") { database in
            for statement in `guard` { try database.execute(sql: statement) }
        }
        migrator.registerMigration("3 approvals") { database in
            for statement in approvals { try database.execute(sql: statement) }
        }
        // What holds on an account is told by the effects on it.
        migrator.registerMigration("4 no accounts") { try $0.execute(sql: "DROP TABLE accounts") }
        migrator.registerMigration("5 outbox lines") { database in
            for statement in outboxLines { try database.execute(sql: statement) }
            try OutboxColumns.fillIn(database)
            try database.execute(sql: linesOfBefore)
        }
        return migrator
    }

    private static let incidents = [
        """
        CREATE TABLE incidents (
            id TEXT PRIMARY KEY NOT NULL, status TEXT NOT NULL, last_activity INTEGER NOT NULL, payload TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX incidents_by_activity ON incidents (last_activity, id)",
        "CREATE INDEX incidents_by_status ON incidents (status, last_activity, id)",
        // `first` is the lowest address of a network in an order that compares as text; NULL for other kinds.
        """
        CREATE TABLE incident_targets (
            incident TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, first TEXT, PRIMARY KEY (incident, kind, value)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX incident_targets_by_value ON incident_targets (kind, value)",
        "CREATE INDEX incident_targets_by_address ON incident_targets (first) WHERE first IS NOT NULL",
        """
        CREATE TABLE anomalies (
            id TEXT PRIMARY KEY NOT NULL, incident TEXT NOT NULL, last INTEGER NOT NULL, payload TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX anomalies_by_incident ON anomalies (incident, last, id)",
        "CREATE INDEX anomalies_by_time ON anomalies (last, id)",
    ]

    private static let runs = [
        """
        CREATE TABLE runs (
            id TEXT PRIMARY KEY NOT NULL, incident TEXT NOT NULL, is_final INTEGER NOT NULL, created INTEGER NOT NULL,
            payload TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX runs_by_incident ON runs (incident, created, id)",
        "CREATE INDEX runs_unfinished ON runs (created, id) WHERE is_final = 0",
        """
        CREATE TABLE journal (
            run TEXT NOT NULL, sequence INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (run, sequence)
        ) STRICT, WITHOUT ROWID
        """,
    ]

    private static let effects = [
        """
        CREATE TABLE effects (
            id TEXT PRIMARY KEY NOT NULL, state TEXT NOT NULL, incident TEXT NOT NULL, run TEXT NOT NULL, target TEXT NOT NULL,
            created INTEGER NOT NULL, payload TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX effects_by_state ON effects (state, created)",
        "CREATE INDEX effects_by_incident ON effects (incident, created)",
        "CREATE INDEX effects_by_run ON effects (run)",
        "CREATE INDEX effects_by_target ON effects (target, created)",
        "CREATE INDEX effects_by_creation ON effects (created, id)",
    ]

    private static let `guard` = [
        "CREATE TABLE allowlist (id TEXT PRIMARY KEY NOT NULL, created INTEGER NOT NULL, payload TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE guard_states (name TEXT PRIMARY KEY NOT NULL, payload TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ]

    private static let approvals = [
        "CREATE TABLE approvals (id TEXT PRIMARY KEY NOT NULL, state TEXT NOT NULL, requested INTEGER NOT NULL, payload TEXT NOT NULL) STRICT",
        "CREATE INDEX approvals_by_state ON approvals (state, requested, id)",
        "CREATE INDEX approvals_by_time ON approvals (requested, id)",
        "CREATE TABLE shadow_effects (id TEXT PRIMARY KEY NOT NULL, last INTEGER NOT NULL, payload TEXT NOT NULL) STRICT",
        "CREATE INDEX shadow_effects_by_time ON shadow_effects (last, id)",
    ]

    // What a line begins with stands in `outbox_lines`, so that the next one to be told is found however many wait. `place` is the
    // position in it; `rank` the severity, -1 where it is told together with others; `first` the first item's ordinal.
    private static let outboxLines = [
        "ALTER TABLE outbox ADD COLUMN channel TEXT", "ALTER TABLE outbox ADD COLUMN place INTEGER",
        "ALTER TABLE outbox ADD COLUMN created INTEGER", "ALTER TABLE outbox ADD COLUMN since INTEGER",
        "ALTER TABLE outbox ADD COLUMN severity INTEGER", "ALTER TABLE outbox ADD COLUMN in_digest INTEGER",
        "CREATE INDEX outbox_by_line ON outbox (channel, incident) WHERE is_open = 1",
        """
        CREATE TABLE outbox_lines (
            channel TEXT NOT NULL, incident TEXT NOT NULL, rank INTEGER NOT NULL, due INTEGER NOT NULL, since INTEGER NOT NULL,
            first INTEGER NOT NULL, PRIMARY KEY (channel, incident)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX outbox_lines_by_rank ON outbox_lines (channel, rank, due, first)",
        "CREATE INDEX outbox_lines_by_due ON outbox_lines (channel, due, first)",
        "CREATE INDEX outbox_lines_by_age ON outbox_lines (channel, since, first)",
    ]

    private static let linesOfBefore = """
        INSERT INTO outbox_lines (channel, incident, rank, due, since, first)
        SELECT channel, incident, iif(in_digest, -1, highest), due, since, ordinal FROM (
            SELECT *, row_number() OVER (PARTITION BY channel, incident ORDER BY place, created, ordinal) AS number,
                max(severity) OVER (PARTITION BY channel, incident) AS highest
            FROM outbox WHERE is_open = 1 AND channel IS NOT NULL)
        WHERE number = 1
        """

    private static let rest = [
        "CREATE TABLE source_states (source TEXT PRIMARY KEY NOT NULL, payload TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE playbooks (
            slug TEXT NOT NULL, revision INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (slug, revision)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE TABLE accounts (user TEXT PRIMARY KEY NOT NULL, payload TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE outbox (
            ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, incident TEXT NOT NULL, is_open INTEGER NOT NULL,
            due INTEGER NOT NULL, payload TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX outbox_by_incident ON outbox (incident)",
        "CREATE INDEX outbox_open ON outbox (due, id) WHERE is_open = 1",
        """
        CREATE TABLE requests (
            id TEXT PRIMARY KEY NOT NULL, is_open INTEGER NOT NULL, created INTEGER NOT NULL, payload TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX requests_open ON requests (created, id) WHERE is_open = 1",
        // One row for good: the fence must go on rising after a release. `holder` is NULL while nobody has it.
        """
        CREATE TABLE lease (
            id INTEGER PRIMARY KEY CHECK (id = 1), holder TEXT, until INTEGER NOT NULL, fence INTEGER NOT NULL
        ) STRICT
        """,
        "INSERT INTO lease (id, holder, until, fence) VALUES (1, NULL, 0, 0)",
    ]
}
