internal import Riposte

/// A text that is fit for the parser: valid UTF-8, without control characters, not too long, and without aliases.
///
/// The parser would follow aliases itself, and it hashes every key: a map whose key is a bomb of aliases would keep it busy for
/// ever. So each `*` is replaced by one private character of the same width, which parses as plain text in the same place, and
/// ``YAMLConverter`` follows the aliases, counting.
struct YAMLText {
    /// Without a byte order mark, aliases replaced.
    let masked: String
    /// What stands for `*`.
    let aliasMark: Unicode.Scalar

    /// Why a text is not looked at.
    struct Refusal: Error { let finding: Finding }

    static func make(_ bytes: [UInt8], file: String, limit: Int) -> Result<YAMLText, Refusal> {
        func refuse(_ place: (Int, Int)?, _ message: String, _ suggestion: String? = nil) -> Result<YAMLText, Refusal> {
            let location = SourceLocation(file: file, line: place?.0 ?? 1, column: place?.1 ?? 1)
            return .failure(Refusal(finding: Finding(.error, at: location, message, suggestion: suggestion)))
        }
        guard bytes.count <= limit else { return refuse(nil, "the file is larger than \(limit) bytes") }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return refuse(nil, "the file is UTF-16", "save it as UTF-8")
        }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: body, as: UTF8.self) else {
            return refuse(place(ofInvalidIn: body), "the file is not UTF-8 here", "save it as UTF-8")
        }
        if let index = text.unicodeScalars.firstIndex(where: isControl) {
            let code = String(text.unicodeScalars[index].value, radix: 16, uppercase: true)
            return refuse(
                place(of: index, in: text),
                "the control character U+\(String(repeating: "0", count: 4 - code.count))\(code) is not allowed in YAML")
        }
        guard let mark = privateCharacters.first(where: { !text.unicodeScalars.contains($0) }) else {
            return refuse(nil, "the file uses up the private characters U+F800 to U+F8FF")
        }
        return .success(YAMLText(masked: mask(text, with: mark), aliasMark: mark))
    }

    private static let privateCharacters = (0xF800...0xF8FF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)

    private static func mask(_ text: String, with mark: Unicode.Scalar) -> String {
        guard text.utf8.contains(0x2A) else { return text }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.lazy.map { $0 == "*" ? mark : $0 })
        return String(scalars)
    }

    /// What YAML calls not printable, of what can hide in UTF-8.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        let code = scalar.value
        return (code < 0x20 && code != 0x09 && code != 0x0A && code != 0x0D) || code == 0x7F
            || (code >= 0x80 && code < 0xA0 && code != 0x85)
            || code == 0xFEFF || code == 0xFFFE || code == 0xFFFF
    }

    private static func place(ofInvalidIn bytes: ArraySlice<UInt8>) -> (Int, Int) {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var valid = String.UnicodeScalarView()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { valid.append(scalar) }
        let text = String(valid)
        return place(of: text.endIndex, in: text)
    }

    /// Line and column, from 1, columns in Unicode scalars as the parser counts them.
    static func place(of index: String.Index, in text: String) -> (Int, Int) {
        var line = 1
        var column = 1
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars[..<index] {
            if isBreak(scalar) {
                if !(scalar == "\n" && previous == "\r") { line += 1 }
                column = 1
            } else {
                column += 1
            }
            previous = scalar
        }
        return (line, column)
    }

    /// Where line and column, from 1, lie; `nil` beyond the end.
    static func index(line: Int, column: Int, in text: String) -> String.Index? {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        var current = 1
        while current < line {
            guard index < scalars.endIndex else { return nil }
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            guard isBreak(scalar) else { continue }
            if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" { scalars.formIndex(after: &index) }
            current += 1
        }
        return scalars.index(index, offsetBy: column - 1, limitedBy: scalars.endIndex)
    }

    /// The line breaks that the parser knows.
    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }
}
