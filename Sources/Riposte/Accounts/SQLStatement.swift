/// An SQL statement with named values (`:user`), turned into one with numbered ones (`$1`), as PostgreSQL's protocol binds
/// them. A value is never part of the text, whatever it holds.
package struct SQLStatement: Sendable, Hashable {
    /// With `$1`, `$2` … in place of the names.
    package let text: String
    /// What `$1`, `$2` … stand for.
    package let names: [String]

    /// What is wrong with a statement, and what to write instead.
    package struct Problem: Error, Sendable, Hashable {
        package var message: String
        package var suggestion: String?
    }

    /// - Parameters:
    ///   - subject: the name that must be there.
    ///   - known: the names that there are values for.
    package init(_ text: String, subject: String, known: [String]) throws(Problem) {
        var scanner = SQLScanner(text)
        var names: [String] = []
        var numbered: [UInt8] = []
        while let piece = try scanner.next() {
            switch piece {
            case .text(let bytes): numbered += bytes
            case .name(let name):
                guard known.contains(name) else {
                    let suggestion = Suggestion.forName(name, among: known)
                    throw Problem(message: "there is no value “:\(name)” for it", suggestion: suggestion ?? Self.list(known))
                }
                if !names.contains(name) { names.append(name) }
                numbered += Array("$\((names.firstIndex(of: name) ?? 0) + 1)".utf8)
            }
        }
        guard names.contains(subject) else {
            throw Problem(message: "the statement does not say “:\(subject)”, so it would be about everybody", suggestion: nil)
        }
        (self.text, self.names) = (String(decoding: numbered, as: UTF8.self), names)
    }

    private static func list(_ known: [String]) -> String { "it has " + known.map { ":\($0)" }.joined(separator: ", ") }
}

/// Splits a statement into names and all the rest: what stands in quotes, between dollars or in comments is never a name.
private struct SQLScanner {
    enum Piece {
        case text(ArraySlice<UInt8>)
        case name(String)
    }

    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    private func byte(_ offset: Int = 0) -> UInt8? { bytes.indices.contains(index + offset) ? bytes[index + offset] : nil }

    mutating func next() throws(SQLStatement.Problem) -> Piece? {
        let start = index
        switch byte() {
        case nil: return nil
        case UInt8(ascii: "'"): try quoted("'", escapes: hasEscapes(start), "a text")
        case UInt8(ascii: "\""): try quoted("\"", escapes: false, "a name")
        case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"): while let next = byte(), next != 0x0A { index += 1 }
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): try comment()
        case UInt8(ascii: "$"): try dollar()
        case UInt8(ascii: ":") where byte(1) == UInt8(ascii: ":") || byte(1) == UInt8(ascii: "="): index += 2
        case UInt8(ascii: ":") where byte(1).map(Self.isWordStart) ?? false:
            index += 1
            return .name(word())
        case UInt8(ascii: ";") where !isRestBlank: throw .init(message: "it is more than one statement", suggestion: nil)
        case 0: throw .init(message: "it holds a NUL", suggestion: nil)
        case let first? where Self.isWord(first): _ = word()
        default: index += 1
        }
        return .text(bytes[start..<index])
    }

    private static func isWordStart(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte >= 0x80
    }

    private static func isWord(_ byte: UInt8) -> Bool { isWordStart(byte) || (0x30...0x39).contains(byte) }

    /// PostgreSQL's names may hold dollars, though not begin with one.
    private mutating func word() -> String {
        let start = index
        while let next = byte(), Self.isWord(next) || (next == UInt8(ascii: "$") && index > start) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// `E'…'`, in which a backslash takes the next character's meaning away.
    private func hasEscapes(_ quote: Int) -> Bool {
        guard quote > 0, bytes[quote - 1] | 0x20 == UInt8(ascii: "e") else { return false }
        return quote == 1 || !Self.isWord(bytes[quote - 2])
    }

    private mutating func quoted(_ quote: Unicode.Scalar, escapes: Bool, _ what: String) throws(SQLStatement.Problem) {
        let mark = UInt8(ascii: quote)
        index += 1
        while let next = byte() {
            index += 1
            if escapes, next == UInt8(ascii: "\\") {
                index += 1
            } else if next == mark {
                guard byte() == mark else { return }
                index += 1
            }
        }
        throw .init(message: "\(what) in quotes does not end", suggestion: nil)
    }

    private mutating func comment() throws(SQLStatement.Problem) {
        var depth = 0
        repeat {
            guard let next = byte() else { throw .init(message: "a comment does not end", suggestion: nil) }
            if next == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                (depth, index) = (depth + 1, index + 2)
            } else if next == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                (depth, index) = (depth - 1, index + 2)
            } else {
                index += 1
            }
        } while depth > 0
    }

    private mutating func dollar() throws(SQLStatement.Problem) {
        let start = index
        index += 1
        if let next = byte(), (0x30...0x39).contains(next) {
            throw .init(message: "values have names and no numbers", suggestion: "write :user")
        }
        while let next = byte(), Self.isWord(next) { index += 1 }
        guard byte() == UInt8(ascii: "$") else { return }
        index += 1
        let tag = bytes[start..<index]
        while index + tag.count <= bytes.count {
            if bytes[index..<index + tag.count].elementsEqual(tag) {
                index += tag.count
                return
            }
            index += 1
        }
        throw .init(message: "a text between dollars does not end", suggestion: nil)
    }

    /// A semicolon at the end is a habit and no second statement.
    private var isRestBlank: Bool { bytes[(index + 1)...].allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } }
}
