/// Text from outside on its way to people: without the characters that move a cursor, end a log's line or turn the reading
/// direction round.
package enum PlainText {
    /// On one line.
    package static func line(_ text: String) -> String { clean(text) { _ in false } }

    /// With its line breaks.
    package static func lines(_ text: String) -> String { clean(text) { $0 == "\n" } }

    /// Each harmful character, and each line break that is not kept, becomes one space.
    private static func clean(_ text: String, keeping: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: { isHarmful($0) && !keeping($0) }) else { return text }
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if !isHarmful(scalar) || keeping(scalar) {
                if scalar == "\n", previous == "\r" { _ = result.popLast() }
                result.append(scalar)
            } else if !(scalar == "\n" && previous == "\r") {
                result.append(" ")
            }
            previous = scalar
        }
        return String(result)
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        case .format: scalar.value != 0x200C && scalar.value != 0x200D  // the joiners that scripts and emoji are made with
        default: false
        }
    }
}
