extension JSONValue {
    /// What a template's dotted path finds in the context of a run; `nil` = nothing. An account stands as its id alone where a host
    /// has said no more about it, and `user.id` finds that too.
    package func templateValue(at path: String) -> JSONValue? {
        if let value = value(at: path) { return value }
        guard path == "user.id", let id = value(at: "user"), case .string = id else { return nil }
        return id
    }

    /// A value as it can stand inside a text; `nil` for lists, maps and null.
    package var scalarText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): String(flag)
        case .null, .array, .object: nil
        }
    }
}
