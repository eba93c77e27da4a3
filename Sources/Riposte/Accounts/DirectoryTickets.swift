/// What the plan of an effect says about directories: which are told, and which had it so before. Kept in
/// ``Effect/inverse``, so that undo needs nothing else.
struct DirectoryTickets: Sendable, Hashable {
    var told: [DirectoryName]
    var foreign: [DirectoryName]

    init(told: [DirectoryName], foreign: [DirectoryName] = []) {
        self.told = told
        self.foreign = foreign
    }

    init?(_ json: JSONValue) {
        guard case .object(let members) = json, let told = Self.names(members["directories"]) else { return nil }
        self.init(told: told, foreign: Self.names(members["foreign"]) ?? [])
    }

    var json: JSONValue {
        .object([
            "directories": .array(told.map { .string($0.rawValue) }), "foreign": .array(foreign.map { .string($0.rawValue) }),
        ])
    }

    private static func names(_ json: JSONValue?) -> [DirectoryName]? {
        guard case .array(let values)? = json else { return nil }
        return values.compactMap(\.string).map(DirectoryName.init(rawValue:))
    }
}

extension Effect {
    /// Whether its time ends it wherever it holds, without anybody being told.
    var endsByItself: Bool { kind.isDecision && DirectoryTickets(inverse)?.told.isEmpty ?? true }
}
