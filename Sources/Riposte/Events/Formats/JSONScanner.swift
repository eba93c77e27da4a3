/// Checks that a line is one JSON object (RFC 8259) and notes where the wanted members' values lie. Copies nothing.
///
/// Of members with the same path the last counts. Nesting is followed 64 deep; deeper is refused.
struct JSONScanner: Sendable {
    /// A value that is no object and no array.
    struct Value: Sendable, Equatable {
        enum Kind: UInt8, Sendable {
            case text, escapedText, number, yes, no
        }
        var start: Int
        var end: Int
        var kind: Kind

        var isText: Bool { kind == .text || kind == .escapedText }
    }

    struct Attribute: Sendable {
        var key: Range<Int>
        var value: Value
    }

    /// Members of `attributes`, the first 32.
    private(set) var attributes: [Attribute] = []
    private var values = [Value](repeating: Value(start: 0, end: 0, kind: .no), count: 64)
    private var present: UInt64 = 0
    private let keys = JSONKeyTable()
    private var nodes = [JSONKeyTable.Node](repeating: 0, count: Self.deepest + 1)
    /// Bit d: whether the container at depth d is an object.
    private var objects: UInt64 = 0
    private var depth = 0

    private static let deepest = 64
    private static let mostAttributes = 32

    /// The value of `field`; `nil` where it is missing, `null`, or an object or array.
    @inline(__always)
    func value(_ field: JSONField) -> Value? {
        present & (1 << UInt64(field.rawValue)) != 0 ? values[Int(field.rawValue)] : nil
    }

    /// Whether any of these fields has a value.
    func hasAny(_ mask: UInt64) -> Bool { present & mask != 0 }

    static func mask(_ fields: [JSONField]) -> UInt64 { fields.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }

    /// Reads a line; whether it is an object.
    mutating func scan(_ line: Span<UInt8>) -> Bool {
        present = 0
        attributes.removeAll(keepingCapacity: true)
        (depth, objects) = (0, 0)
        var index = skipSpace(line, 0)
        guard line.byte(index) == 0x7B, index < line.count else { return false }
        _ = push(JSONKeyTable.root, isObject: true)
        index += 1
        var mayClose = true
        while depth > 0 {
            guard let next = element(line, index, mayClose: mayClose) else { return false }
            mayClose = next.hasOpened
            index = next.index
            if !mayClose {
                guard let after = afterValue(line, index) else { return false }
                index = after
            }
        }
        return skipSpace(line, index) == line.count
    }

    /// Reads one member or element at `index`: its end, and whether it opened a container.
    private mutating func element(_ line: Span<UInt8>, _ start: Int, mayClose: Bool) -> (index: Int, hasOpened: Bool)? {
        var index = skipSpace(line, start)
        let isObject = objects & 1 << UInt64(depth - 1) != 0
        guard index < line.count else { return nil }
        if mayClose, line[index] == (isObject ? 0x7D : 0x5D) { return (index, false) }
        var node = nodes[depth - 1]
        var key = 0..<0
        if isObject {
            guard line[index] == 0x22, let end = stringEnd(line, index + 1) else { return nil }
            key = index + 1..<end.index
            node = member(line, key, of: node, isEscaped: end.isEscaped)
            index = skipSpace(line, end.index + 1)
            guard line.byte(index) == 0x3A, index < line.count else { return nil }
            index = skipSpace(line, index + 1)
        }
        return value(line, index, node, key)
    }

    /// Reads the value at `index` into the field of `node`.
    @inline(__always)
    private mutating func value(
        _ line: Span<UInt8>, _ index: Int, _ node: JSONKeyTable.Node, _ key: Range<Int>
    ) -> (index: Int, hasOpened: Bool)? {
        switch line.byte(index) {
        case 0x22:
            guard let end = stringEnd(line, index + 1) else { return nil }
            note(Value(start: index + 1, end: end.index, kind: end.isEscaped ? .escapedText : .text), node, key, line)
            return (end.index + 1, false)
        case 0x7B: return push(node, isObject: true) ? (index + 1, true) : nil
        case 0x5B: return push(isCategory(node) ? node : JSONKeyTable.ignored, isObject: false) ? (index + 1, true) : nil
        case 0x74: return literal("true", line, index, node, key, .yes)
        case 0x66: return literal("false", line, index, node, key, .no)
        case 0x6E: return line.end(of: "null", at: index).map { ($0, false) }
        default:
            guard let end = numberEnd(line, index) else { return nil }
            note(Value(start: index, end: end, kind: .number), node, key, line)
            return (end, false)
        }
    }

    private mutating func literal(
        _ word: StaticString, _ line: Span<UInt8>, _ index: Int, _ node: JSONKeyTable.Node, _ key: Range<Int>, _ kind: Value.Kind
    ) -> (index: Int, hasOpened: Bool)? {
        guard let end = line.end(of: word, at: index) else { return nil }
        note(Value(start: index, end: end, kind: kind), node, key, line)
        return (end, false)
    }

    /// Passes over a comma, or over the ends of containers up to the next comma or the object's end.
    @inline(__always)
    private mutating func afterValue(_ line: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        while depth > 0 {
            index = skipSpace(line, index)
            let isObject = objects & 1 << UInt64(depth - 1) != 0
            switch line.byte(index) {
            case 0x2C: return index + 1
            case 0x7D where isObject, 0x5D where !isObject:
                depth -= 1
                index += 1
            default: return nil
            }
        }
        return index
    }

    private mutating func push(_ node: JSONKeyTable.Node, isObject: Bool) -> Bool {
        guard depth < Self.deepest else { return false }
        nodes[depth] = node
        if isObject { objects |= 1 << UInt64(depth) } else { objects &= ~(1 << UInt64(depth)) }
        depth += 1
        return true
    }

    /// The node of a member; what an earlier member of that name held is forgotten.
    @inline(__always)
    private mutating func member(_ line: Span<UInt8>, _ key: Range<Int>, of parent: JSONKeyTable.Node, isEscaped: Bool) -> JSONKeyTable.Node
    {
        guard parent != JSONKeyTable.ignored, parent != keys.attributes else { return parent }
        let node: JSONKeyTable.Node
        if isEscaped {
            let plain = JSONText.unescaped(line, key)
            node = keys.node(parent, plain.span)
        } else {
            node = keys.node(parent, line.extracting(key))
        }
        if node == keys.attributes { attributes.removeAll(keepingCapacity: true) }
        present &= ~keys.fields(under: node)
        return node
    }

    @inline(__always)
    private mutating func note(_ value: Value, _ node: JSONKeyTable.Node, _ key: Range<Int>, _ line: Span<UInt8>) {
        guard node != JSONKeyTable.ignored else { return }
        if node == keys.attributes {
            if !key.isEmpty, depth == 2, attributes.count < Self.mostAttributes { attributes.append(Attribute(key: key, value: value)) }
            return
        }
        guard let field = keys.field(at: node) else { return }
        // Of a list of categories the one that says most is kept.
        if field == JSONField.eventCategory.rawValue, let old = self.value(.eventCategory), line.has("authentication", at: old.start) {
            return
        }
        values[Int(field)] = value
        present |= 1 << UInt64(field)
    }

    private func isCategory(_ node: JSONKeyTable.Node) -> Bool { keys.field(at: node) == JSONField.eventCategory.rawValue }

    @inline(__always)
    private func skipSpace(_ line: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < line.count {
            let byte = line[index]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else { break }
            index += 1
        }
        return index
    }

    /// The index of the closing quotation mark of the string whose text starts at `start`.
    @inline(__always)
    private func stringEnd(_ line: Span<UInt8>, _ start: Int) -> (index: Int, isEscaped: Bool)? {
        var index = start
        var isEscaped = false
        while true {
            index = JSONText.plainEnd(line, index)
            guard index < line.count else { return nil }
            if line[index] == 0x22 { return (index, isEscaped) }
            guard line[index] == 0x5C, let length = JSONText.escapeLength(line, index) else { return nil }
            index += length
            isEscaped = true
        }
    }

    /// The end of the number at `start`: `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`.
    private func numberEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
        var index = line.byte(start) == 0x2D ? start + 1 : start
        let first = index
        guard let whole = digitsEnd(line, index), whole == first + 1 || line[first] != 0x30 else { return nil }
        index = whole
        if line.byte(index) == 0x2E {
            guard let end = digitsEnd(line, index + 1) else { return nil }
            index = end
        }
        if line.byte(index) | 0x20 == 0x65 {
            let sign = line.byte(index + 1)
            guard let end = digitsEnd(line, sign == 0x2B || sign == 0x2D ? index + 2 : index + 1) else { return nil }
            index = end
        }
        return index
    }

    private func digitsEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        while isDigit(line.byte(index)) { index += 1 }
        return index > start ? index : nil
    }
}
