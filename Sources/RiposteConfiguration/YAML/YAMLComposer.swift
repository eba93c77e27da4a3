internal import Riposte
internal import Yams

/// Runs the parser over a text, and gets it past keys that are there twice.
///
/// The parser stops at a map with such keys and says only where the first of the two stands. The first is then renamed in place,
/// to a name of the same width that nobody uses, and the text parsed again; ``YAMLConverter`` gives it its name back. So every
/// place stays what it was, and the playbook's reader reports the second key along with everything else.
struct YAMLComposer {
    let file: String
    private var text: String
    /// How much is parsed again and again at the most, for keys that are there twice.
    private static let parsedBytes = 4 << 20
    private var renamed: [YAMLPlace: String] = [:]

    init(text: YAMLText, file: String) {
        self.text = text.masked
        self.file = file
    }

    func compose() -> YAMLStream {
        var composer = self
        while true {
            let (stream, duplicate) = composer.pass()
            guard let duplicate else { return stream }
            guard composer.rename(duplicate) else {
                let key = duplicate.keys.first ?? ""
                return stream.failing(Finding(.error, at: location(duplicate.mark), "“\(key)” is there twice in this map"))
            }
        }
    }

    private struct Duplicate {
        let keys: [String]
        let mark: Mark
    }

    private func pass() -> (YAMLStream, Duplicate?) {
        var stream = YAMLStream(renamed: renamed)
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            stream.parser = parser
            while let root = try parser.nextRoot() { stream.roots.append(root) }
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            return (stream, Duplicate(keys: keys, mark: context.mark))
        } catch let error as YamlError {
            stream.failure = YAMLProblem(text: text).finding(for: error, file: file)
        } catch {
            stream.failure = Finding(.error, at: SourceLocation(file: file, line: 1, column: 1), "not valid YAML")
        }
        return (stream, nil)
    }

    /// Gives the key at the duplicate's mark a name of its own; `false` where that cannot be done, or not any more.
    private mutating func rename(_ duplicate: Duplicate) -> Bool {
        let place = YAMLPlace(duplicate.mark)
        guard renamed.count < min(32, Self.parsedBytes / text.utf8.count), renamed[place] == nil, let key = duplicate.keys.first,
            !key.isEmpty,
            let start = YAMLText.index(line: place.line, column: place.column, in: text), start < text.endIndex
        else { return false }
        let scalars = text.unicodeScalars
        let isQuoted = scalars[start] == "\"" || scalars[start] == "'"
        let from = isQuoted ? scalars.index(after: start) : start
        guard scalars[from...].starts(with: key.unicodeScalars), let first = Unicode.Scalar(UInt32(0xF0000 + renamed.count)) else {
            return false
        }
        let width = key.unicodeScalars.count
        let name = [first] + Array(repeating: "\u{FFFFD}" as Unicode.Scalar, count: width - 1)
        text.unicodeScalars.replaceSubrange(from..<scalars.index(from, offsetBy: width), with: name)
        renamed[place] = key
        return true
    }

    private func location(_ mark: Mark) -> SourceLocation { SourceLocation(file: file, line: mark.line, column: mark.column) }
}

/// A place in a text, from 1.
struct YAMLPlace: Hashable {
    let line: Int
    let column: Int

    init(_ mark: Mark) {
        line = mark.line
        column = mark.column
    }
}

/// What the parser made of a text. Nodes hold their anchors weakly, and the parser holds them for as long as it is held.
struct YAMLStream {
    var roots: [Node] = []
    var parser: Parser?
    var failure: Finding?
    /// Keys that go by another name in the nodes.
    let renamed: [YAMLPlace: String]

    init(renamed: [YAMLPlace: String]) { self.renamed = renamed }

    func failing(_ finding: Finding) -> YAMLStream {
        var stream = self
        stream.failure = finding
        return stream
    }
}
