internal import Riposte

/// Text with `{{ path }}` in it. What a path finds is a value, never a template: it is not expanded again.
///
/// There is no way to write a literal `{{`.
struct TextTemplate: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case text(String)
        /// A dotted path, `user.id`.
        case value(String)
    }

    let parts: [Part]

    /// - Parameter place: what the text is, for messages: `the body`.
    init(_ text: String, _ place: String) throws(WebhookError) {
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.firstIndex(ofPair: "{") {
            if start > rest.startIndex { parts.append(.text(String(rest[..<start]))) }
            let inside = rest[start...].dropFirst(2)
            guard let end = inside.firstIndex(ofPair: "}") else { throw .configuration("\(place) has “{{” without “}}”") }
            parts.append(.value(try Self.path(inside[..<end], place)))
            rest = inside[end...].dropFirst(2)
        }
        guard rest.firstIndex(ofPair: "}") == nil else { throw .configuration("\(place) has “}}” without “{{”") }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func path(_ text: Substring, _ place: String) throws(WebhookError) -> String {
        let path = text.split(separator: " ").joined(separator: " ")
        let isPath = path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { PercentEncoding.isUnreserved($0) && $0 != 0x7E }
        }
        guard isPath else { throw .configuration("\(place) has “{{ \(path) }}”, which is not a dotted path of names") }
        return path
    }

    var isLiteral: Bool { parts.allSatisfy { if case .text = $0 { true } else { false } } }

    /// The value itself where the template is one path and nothing else, text otherwise.
    func value(in context: JSONValue) throws(WebhookError) -> JSONValue {
        if parts.count == 1, case .value(let path) = parts[0] { return try Self.find(path, context) }
        return .string(try text(in: context) { $0 })
    }

    /// The text, each value passed through `encode`.
    func text(in context: JSONValue, encode: (String) -> String) throws(WebhookError) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .value(let path): text += encode(try Self.scalar(path, context))
            }
        }
        return text
    }

    private static func find(_ path: String, _ context: JSONValue) throws(WebhookError) -> JSONValue {
        guard let value = context.templateValue(at: path) else { throw .missing(path) }
        return value
    }

    private static func scalar(_ path: String, _ context: JSONValue) throws(WebhookError) -> String {
        let value = try find(path, context)
        if let text = value.scalarText { return text }
        guard value != .null else { throw .missing(path) }
        throw .value("“\(path)” is \(value.kindName), which cannot stand inside a text")
    }
}

extension Substring {
    /// Where `character` stands twice in a row.
    fileprivate func firstIndex(ofPair character: Character) -> Index? {
        indices.first { self[$0] == character && self[$0...].dropFirst().first == character }
    }
}
