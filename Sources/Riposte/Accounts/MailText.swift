/// Text with `{{ name }}` in it, from which a line goes away that names what there is none of. What stands for a name is data:
/// it is not expanded again, and stays on its line.
package struct MailText: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case text(String)
        case name(String)
    }

    private let lines: [[Piece]]

    /// What is wrong with a text, and what to write instead.
    package struct Problem: Error, Sendable, Hashable {
        package var message: String
        package var suggestion: String?

        package init(message: String, suggestion: String? = nil) { (self.message, self.suggestion) = (message, suggestion) }
    }

    /// - Parameter known: the names that it may use.
    package init(_ text: String, known: [String]) throws(Problem) {
        var lines: [[Piece]] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            lines.append(try Self.pieces(line, known))
        }
        self.lines = lines
    }

    /// The names that it uses.
    package var names: Set<String> {
        Set(lines.joined().compactMap { if case .name(let name) = $0 { name } else { nil } })
    }

    package var isOneLine: Bool { lines.count == 1 }

    /// Without lines of which a value is missing, and with one empty line where several would follow each other.
    package func filled(_ values: [String: String]) -> String {
        let filled = lines.compactMap { Self.filled($0, values) }
        let kept = filled.enumerated().filter { index, line in !line.isEmpty || index == 0 || !filled[index - 1].isEmpty }
        return kept.map(\.element).joined(separator: "\n")
    }

    private static func filled(_ line: [Piece], _ values: [String: String]) -> String? {
        var text = ""
        for piece in line {
            switch piece {
            case .text(let literal): text += literal
            case .name(let name):
                guard let value = values[name] else { return nil }
                text += PlainText.line(value)
            }
        }
        return text
    }

    private static func pieces(_ line: Substring, _ known: [String]) throws(Problem) -> [Piece] {
        var pieces: [Piece] = []
        var rest = line
        while let open = rest.firstRange(of: "{{") {
            let inside = rest[open.upperBound...]
            guard let close = inside.firstRange(of: "}}") else { throw Problem(message: "“{{” is never closed") }
            let name = inside[..<close.lowerBound].split(separator: " ").joined(separator: " ")
            guard known.contains(name) else {
                throw Problem(message: "there is no {{ \(name.prefix(40)) }}", suggestion: Suggestion.forName(name, among: known))
            }
            pieces += [.text(String(rest[..<open.lowerBound])), .name(name)]
            rest = inside[close.upperBound...]
        }
        return pieces + [.text(String(rest))]
    }
}
