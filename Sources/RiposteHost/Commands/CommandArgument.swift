public import Riposte

/// One argument of a command: as it is written, or the value that a dotted path finds in the context, `{{ ip }}`.
///
/// A value is an argument of its own: it is never part of another one, and never read by a shell.
public struct CommandArgument: Sendable, Hashable {
    private enum Kind: Sendable, Hashable {
        case literal(String)
        case value(String)
    }

    private let kind: Kind

    /// - Throws: ``CommandError`` where `{{` stands beside other text.
    public init(_ text: String) throws(CommandError) {
        guard text.contains("{{") || text.contains("}}") else {
            kind = .literal(text)
            return
        }
        let path = text.dropFirst(2).dropLast(2).split(separator: " ").joined(separator: " ")
        let isPath = path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { Self.isNameByte($0) }
        }
        guard text.hasPrefix("{{"), text.hasSuffix("}}"), isPath else {
            throw CommandError("“\(text)” must be one value such as {{ ip }} and nothing else: a value is an argument of its own")
        }
        kind = .value(path)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    /// The text of it. A value that starts with `-` could be taken for an option, and one with a NUL would be cut short: both
    /// are refused.
    func text(in context: JSONValue) throws(CommandError) -> String {
        guard case .value(let path) = kind else {
            guard case .literal(let text) = kind else { return "" }
            return text
        }
        guard let value = context.templateValue(at: path), value != .null else {
            throw CommandError("the context has no usable “\(path)”")
        }
        guard let text = value.scalarText else { throw CommandError("“\(path)” is \(value.kindName), which cannot be an argument") }
        guard !text.hasPrefix("-") else { throw CommandError("“\(path)” starts with “-”, and could be taken for an option") }
        guard !text.utf8.contains(0) else { throw CommandError("“\(path)” holds a NUL") }
        return text
    }
}

/// Why a command cannot be run as it is set, or with this context.
public struct CommandError: ClassifiedError, Hashable, CustomStringConvertible {
    public let description: String
    public let kind: FailureKind

    init(_ description: String, kind: FailureKind = .permanent) {
        self.description = description
        self.kind = kind
    }
}
