#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension JSONValue: CustomStringConvertible {
    /// Compact JSON with sorted keys: the same tree gives the same text.
    public var description: String { (try? RecordCoding.text(of: self)) ?? "null" }

    /// Reads JSON text.
    public init(json text: String) throws { self = try RecordCoding.decode(JSONValue.self, from: text) }
}

/// How records become JSON text: sorted keys and plain slashes, so that the same record has the same bytes.
package enum RecordCoding {
    package static func text(of value: some Encodable) throws -> String {
        if let value = value as? any JSONWritable {
            var json = JSONWriter()
            try value.write(to: &json)
            return String(decoding: json.bytes, as: UTF8.self)
        }
        return try encoded(value)
    }

    /// By Foundation's encoder, whatever it is.
    static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// The same as a tree; null where it cannot be one.
    static func tree(of value: some Encodable) -> JSONValue { (try? JSONValue(json: text(of: value))) ?? .null }

    /// Reads what ``tree(of:)`` made; `nil` for anything else.
    static func value<Value: Decodable>(_ type: Value.Type, in tree: JSONValue) -> Value? { try? decode(type, from: tree.description) }
}
