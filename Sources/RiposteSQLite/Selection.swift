internal import GRDB
internal import Riposte

/// A SELECT of records, as text and values.
struct Selection: Sendable {
    let table: String
    private(set) var conditions: [String]
    private(set) var values: [DatabaseValue]
    private var order: String
    private var limit: Int?

    init(_ table: String, where condition: String? = nil, _ values: [any DatabaseValueConvertible] = [], order: String) {
        self.table = table
        conditions = condition.map { [$0] } ?? []
        self.values = values.map(\.databaseValue)
        self.order = order
    }

    var sql: String {
        var text = "SELECT payload FROM \(table)"
        if !conditions.isEmpty { text += " WHERE " + conditions.joined(separator: " AND ") }
        text += " ORDER BY \(order)"
        if let limit { text += " LIMIT \(limit)" }
        return text
    }

    private mutating func require(_ condition: String, _ values: [any DatabaseValueConvertible]) {
        conditions.append(condition)
        self.values += values.map(\.databaseValue)
    }

    private mutating func require(_ column: String, in names: [String]) {
        guard !names.isEmpty else { return }
        require("\(column) IN (\(Self.marks(names.count)))", names)
    }

    private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}

extension Selection {
    init(_ query: IncidentQuery) {
        self.init("incidents", order: "last_activity DESC, id DESC")
        require("status", in: query.statuses.map(\.rawValue).sorted())
        if let since = query.since { require("last_activity >= ?", [since.microseconds]) }
        if let before = query.before { require("last_activity < ?", [before.microseconds]) }
        if let target = query.target { require(target) }
        limit = query.limit.map { max($0, 0) }
    }

    init(_ query: EffectQuery) {
        self.init("effects", order: "created, id")
        require("state", in: query.states.map(\.rawValue).sorted())
        if let incident = query.incident { require("incident = ?", [KeyText(incident)]) }
        if let run = query.run { require("run = ?", [KeyText(run)]) }
        if let target = query.target { require("target = ?", [KeyText(target.description)]) }
        if let since = query.createdSince { require("created >= ?", [since.microseconds]) }
    }

    init(_ query: ApprovalQuery) {
        self.init("approvals", order: "requested DESC, id DESC")
        require("state", in: query.states.map(\.rawValue).sorted())
        limit = query.limit.map { max($0, 0) }
    }

    /// Networks that touch are one inside the other: those that begin inside this one, and those around it by name.
    private mutating func require(_ target: Target) {
        guard case .address(let range) = target else {
            let key = TargetKey(target)
            return require(
                "id IN (SELECT incident FROM incident_targets WHERE kind = ? AND value = ?)", [key.kind, KeyText(key.value)])
        }
        let around = range.supernets.map(\.description)
        require(
            """
            id IN (SELECT incident FROM incident_targets WHERE first BETWEEN ? AND ? \
            UNION SELECT incident FROM incident_targets WHERE kind = 'address' AND value IN (\(Self.marks(around.count))))
            """, [range.firstKey, range.lastKey] + around)
    }
}
