/// A value that writes itself as JSON: a twentieth of the time that Foundation's encoder takes, and of a commit that is the
/// largest part. For the records that every run writes, and for trees.
///
/// The text is that of the value's `Encodable`, byte for byte with sorted keys and plain slashes.
protocol JSONWritable {
    func write(to json: inout JSONWriter) throws
}

extension Bool: JSONWritable {
    func write(to json: inout JSONWriter) { json.raw(self ? "true" : "false") }
}

extension Int: JSONWritable {
    func write(to json: inout JSONWriter) { json.raw(description) }
}

extension Int64: JSONWritable {
    func write(to json: inout JSONWriter) { json.raw(description) }
}

extension Double: JSONWritable {
    /// As short as it can be told apart from its neighbours, a whole number without a fraction.
    func write(to json: inout JSONWriter) throws {
        guard isFinite else {
            throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "JSON has no word for \(self)"))
        }
        let text = description
        json.raw(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }
}

extension String: JSONWritable {
    func write(to json: inout JSONWriter) { json.string(self) }
}

extension Timestamp: JSONWritable {
    func write(to json: inout JSONWriter) { json.string(record) }
}

extension Array: JSONWritable where Element: JSONWritable {
    func write(to json: inout JSONWriter) throws { try json.array(self) { try $1.write(to: &$0) } }
}

extension [String: JSONValue]: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            for (name, value) in sorted(by: { $0.key < $1.key }) { try json.member(name, value) }
        }
    }
}

extension JSONValue: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        switch self {
        case .null: json.raw("null")
        case .bool(let value): value.write(to: &json)
        case .int(let value): value.write(to: &json)
        case .double(let value): try value.write(to: &json)
        case .string(let value): json.string(value)
        case .array(let elements): try elements.write(to: &json)
        case .object(let members): try members.write(to: &json)
        }
    }
}
