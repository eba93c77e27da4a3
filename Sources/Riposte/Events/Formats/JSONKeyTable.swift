/// Finds the field a key stands for: a trie over key paths, kept as one hash table of (parent, key). Made once per parser.
struct JSONKeyTable: Sendable {
    /// A place in the trie: an object's member, wanted or on the way to one that is.
    typealias Node = UInt8
    static let root: Node = 0
    /// The node of everything that is not read.
    static let ignored: Node = 255

    private struct Entry: Sendable {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var parent: Node = JSONKeyTable.ignored
        var length: UInt8 = 0
        var node: Node = JSONKeyTable.ignored
    }

    private var entries = [Entry](repeating: Entry(), count: Self.capacity)
    /// For each node its field's number; 255 = none.
    private var fields: [UInt8] = [255]
    /// For each node the fields at and under it, one bit each.
    private var fieldsUnder: [UInt64] = [0]
    /// The node of `attributes`, whose members are all read.
    private(set) var attributes: Node = 0

    private static let capacity = 512
    private static let longestKey = 16

    init() {
        for field in JSONField.allCases { add(field.keyPath, field.rawValue) }
        attributes = add("attributes", 255)
    }

    /// The field at `node`; `nil` where there is none.
    @inline(__always)
    func field(at node: Node) -> UInt8? {
        let field = Int(node) < fields.count ? fields[Int(node)] : 255
        return field == 255 ? nil : field
    }

    @inline(__always)
    func fields(under node: Node) -> UInt64 { Int(node) < fieldsUnder.count ? fieldsUnder[Int(node)] : 0 }

    /// The node of the member `key` of `parent`; a key with dots goes as many levels down.
    @inline(__always)
    func node(_ parent: Node, _ key: Span<UInt8>) -> Node {
        guard parent != Self.ignored else { return Self.ignored }
        let node = child(parent, key, 0..<key.count)
        return node == Self.ignored ? dotted(parent, key) : node
    }

    private func dotted(_ parent: Node, _ key: Span<UInt8>) -> Node {
        var node = parent
        var start = 0
        while let dot = key.first(0x2E, from: start, to: key.count) {
            node = child(node, key, start..<dot)
            guard node != Self.ignored else { return node }
            start = dot + 1
        }
        return start == 0 ? Self.ignored : child(node, key, start..<key.count)
    }

    @inline(__always)
    private func child(_ parent: Node, _ key: Span<UInt8>, _ range: Range<Int>) -> Node {
        guard range.count <= Self.longestKey, !range.isEmpty else { return Self.ignored }
        let (low, high) = Self.words(key, range)
        var index = Self.hash(parent, low, high, range.count)
        while entries[index].length != 0 {
            let entry = entries[index]
            if entry.low == low, entry.high == high, entry.parent == parent, Int(entry.length) == range.count { return entry.node }
            index = (index + 1) & (Self.capacity - 1)
        }
        return Self.ignored
    }

    @discardableResult
    private mutating func add(_ path: String, _ field: UInt8) -> Node {
        var node = Self.root
        var trail = [node]
        for part in path.split(separator: ".") {
            let key = Array(part.utf8)
            let known = child(node, key.span, 0..<key.count)
            node = known != Self.ignored ? known : insert(node, key)
            trail.append(node)
        }
        guard field != 255 else { return node }
        fields[Int(node)] = field
        for node in trail { fieldsUnder[Int(node)] |= 1 << UInt64(field) }
        return node
    }

    private mutating func insert(_ parent: Node, _ key: [UInt8]) -> Node {
        precondition(key.count <= Self.longestKey && fields.count < 255, "the list of fields has outgrown the table")
        let node = Node(fields.count)
        fields.append(255)
        fieldsUnder.append(0)
        let (low, high) = Self.words(key.span, 0..<key.count)
        var index = Self.hash(parent, low, high, key.count)
        while entries[index].length != 0 { index = (index + 1) & (Self.capacity - 1) }
        entries[index] = Entry(low: low, high: high, parent: parent, length: UInt8(key.count), node: node)
        return node
    }

    @inline(__always)
    private static func words(_ key: Span<UInt8>, _ range: Range<Int>) -> (UInt64, UInt64) {
        var words: (UInt64, UInt64) = (0, 0)
        var start = 0
        if range.count >= 8, let word = key.word(at: range.lowerBound) { (words.0, start) = (word, 8) }
        for offset in start..<range.count {
            let byte = UInt64(key[range.lowerBound + offset])
            if offset < 8 { words.0 |= byte << UInt64(8 * offset) } else { words.1 |= byte << UInt64(8 * (offset - 8)) }
        }
        return words
    }

    @inline(__always)
    private static func hash(_ parent: Node, _ low: UInt64, _ high: UInt64, _ length: Int) -> Int {
        let mixed = (low ^ high &* 31 ^ UInt64(parent) << 56 ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 55)
    }
}
