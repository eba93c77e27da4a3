internal import Riposte
internal import Yams

/// Turns the parser's nodes into located values: resolves scalars and aliases, and keeps within the limits.
struct YAMLConverter {
    let file: String
    /// What stands for `*` in every scalar.
    let aliasMark: Unicode.Scalar
    let renamed: [YAMLPlace: String]
    let limits: YAMLDocumentReader.Limits
    private(set) var findings: [Finding] = []
    private var anchors: [String: (value: LocatedValue, weight: Int, height: Int)] = [:]
    private var weight = 0
    private var isOverLimit = false

    init(file: String, aliasMark: Unicode.Scalar, renamed: [YAMLPlace: String], limits: YAMLDocumentReader.Limits) {
        self.file = file
        self.aliasMark = aliasMark
        self.renamed = renamed
        self.limits = limits
    }

    /// The document, or `nil` where a limit was passed. Anchors hold for one document.
    mutating func document(_ root: Node) -> LocatedValue? {
        anchors = [:]
        let (value, _) = convert(root, depth: 0)
        return isOverLimit ? nil : value
    }

    /// The value, and how many levels of lists and maps it holds.
    private mutating func convert(_ node: Node, depth: Int) -> (LocatedValue, height: Int) {
        let before = weight
        let (content, height) = content(of: node, depth: depth)
        let value = LocatedValue(content, at: location(node))
        if let anchor = node.anchor { anchors[anchor.rawValue] = (value, weight - before, height) }
        return (value, height)
    }

    private mutating func content(of node: Node, depth: Int) -> (LocatedValue.Content, height: Int) {
        guard admit(1, depth: depth, at: location(node)) else { return (.scalar(.null), 0) }
        switch node {
        case .scalar(let scalar): return self.scalar(scalar, at: location(node), depth: depth)
        case .sequence(let sequence):
            check(tag: sequence.tag.rawValue, core: "seq", at: location(node))
            var height = 0
            let elements = sequence.map { element in
                let (value, inner) = convert(element, depth: depth + 1)
                height = max(height, inner)
                return value
            }
            return (.list(elements), height + 1)
        case .mapping(let mapping):
            check(tag: mapping.tag.rawValue, core: "map", at: location(node))
            return map(mapping, depth: depth)
        case .alias: return (.scalar(.null), 0)  // the parser never makes one of these
        }
    }

    private mutating func map(_ mapping: Node.Mapping, depth: Int) -> (LocatedValue.Content, height: Int) {
        var members: [LocatedValue.Member] = []
        var height = 0
        for (keyNode, valueNode) in mapping {
            let (value, inner) = convert(valueNode, depth: depth + 1)
            height = max(height, inner)
            if let key = key(keyNode) {
                members.append(LocatedValue.Member(key: key, keyLocation: location(keyNode), value: value))
            }
        }
        return (.map(members), height + 1)
    }

    private mutating func key(_ node: Node) -> String? {
        guard case .scalar(let scalar) = node else {
            error(location(node), "a key must be text, not a list or a map")
            return nil
        }
        if let mark = scalar.mark, let name = renamed[YAMLPlace(mark)] { return unmasked(name) }
        if scalar.style == .plain, scalar.string.unicodeScalars.first == aliasMark {
            error(location(node), "an alias cannot be a key; put “\(unmasked(scalar.string))” into quotes if it is meant as text")
            return nil
        }
        if scalar.style == .plain, scalar.string.isEmpty {
            error(location(node), "a key is missing before the colon")
            return nil
        }
        return unmasked(scalar.string)
    }

    private mutating func scalar(_ scalar: Node.Scalar, at place: SourceLocation?, depth: Int) -> (LocatedValue.Content, height: Int) {
        let text = unmasked(scalar.string)
        if scalar.style == .plain, scalar.string.unicodeScalars.first == aliasMark {
            return alias(String(text.dropFirst()), at: place, depth: depth)
        }
        let tag = scalar.tag.rawValue
        guard tag != Self.coreTag + "str", scalar.style == .plain || !tag.isEmpty else { return (.scalar(.string(text)), 0) }
        guard let value = YAMLScalar.resolve(text) else {
            error(place, "the number \(text.prefix(40)) does not fit", "put it into quotes if it is meant as text")
            return (.scalar(.null), 0)
        }
        checkScalar(tag: tag, value, text, at: place)
        return (.scalar(value), 0)
    }

    private mutating func alias(_ name: String, at place: SourceLocation?, depth: Int) -> (LocatedValue.Content, height: Int) {
        guard !name.isEmpty, name.utf8.allSatisfy({ isNameByte($0) }) else {
            error(place, "“*\(name.prefix(40))” looks like an alias", "put it into quotes if it is meant as text")
            return (.scalar(.null), 0)
        }
        guard let anchor = anchors[name] else {
            error(place, "the alias “*\(name)” has no anchor “&\(name)” before it", Suggestion.forName(name, among: Array(anchors.keys)))
            return (.scalar(.null), 0)
        }
        guard admit(anchor.weight, depth: depth + anchor.height, at: place) else { return (.scalar(.null), 0) }
        return (anchor.value.content, anchor.height)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x2D
    }

    // MARK: Limits

    /// Counts `count` values in; the first that is too many is reported, and nothing after it is converted.
    private mutating func admit(_ count: Int, depth: Int, at place: SourceLocation?) -> Bool {
        guard !isOverLimit else { return false }
        weight += count
        guard weight > limits.values || depth > limits.depth else { return true }
        isOverLimit = true
        error(
            place,
            depth > limits.depth
                ? "lists and maps lie in each other deeper than \(limits.depth) levels"
                : "the file holds more than \(limits.values) values, aliases counted as what they stand for")
        return false
    }

    // MARK: Tags

    private static let coreTag = "tag:yaml.org,2002:"

    private mutating func check(tag: String, core: String, at place: SourceLocation?) {
        guard !tag.isEmpty, tag != Self.coreTag + core, tag != "!" else { return }
        error(place, "the tag “\(shown(tag))” does not fit here; known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map")
    }

    private mutating func checkScalar(tag: String, _ value: JSONValue, _ text: String, at place: SourceLocation?) {
        let fits: Bool =
            switch (tag.hasPrefix(Self.coreTag) ? String(tag.dropFirst(Self.coreTag.count)) : tag, value) {
            case ("", _), ("int", .int), ("float", .double), ("float", .int), ("bool", .bool), ("null", .null): true
            default: false
            }
        guard !fits else { return }
        guard ["int", "float", "bool", "null"].contains(where: { tag == Self.coreTag + $0 }) else {
            return check(tag: tag, core: "str", at: place)
        }
        error(place, "“\(text.prefix(40))” is not what the tag “\(shown(tag))” says")
    }

    private func shown(_ tag: String) -> String {
        tag.hasPrefix(Self.coreTag) ? "!!" + tag.dropFirst(Self.coreTag.count) : String(unmasked(tag).prefix(60))
    }

    // MARK: Texts and places

    private func unmasked(_ text: String) -> String {
        guard text.unicodeScalars.contains(aliasMark) else { return text }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.lazy.map { $0 == aliasMark ? "*" : $0 })
        return String(scalars)
    }

    private func location(_ node: Node) -> SourceLocation? {
        node.mark.map { SourceLocation(file: file, line: $0.line, column: $0.column) }
    }

    private mutating func error(_ place: SourceLocation?, _ message: String, _ suggestion: String? = nil) {
        findings.append(Finding(.error, at: place, message, suggestion: suggestion))
    }
}
