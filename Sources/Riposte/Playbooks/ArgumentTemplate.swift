/// An argument of a program as the settings write it: a text, or the value that a dotted path finds in the context of a run, `{{ ip }}`.
///
/// A value is an argument of its own: it is never part of another one.
package enum ArgumentTemplate: Sendable, Hashable {
    case literal(String)
    case value(path: String)

    /// `nil` where `{{` or `}}` stands beside other text, or around something that is no path.
    package init?(_ text: String) {
        guard text.contains("{{") || text.contains("}}") else {
            self = .literal(text)
            return
        }
        let path = text.dropFirst(2).dropLast(2).split(separator: " ").joined(separator: " ")
        let isPath = path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { Self.isNameByte($0) }
        }
        guard text.hasPrefix("{{"), text.hasSuffix("}}"), isPath else { return nil }
        self = .value(path: path)
    }

    /// What is said of a text that is none.
    package static func refusal(of text: some StringProtocol) -> String {
        "“\(text)” must be one value such as {{ ip }} and nothing else: a value is an argument of its own"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
}
