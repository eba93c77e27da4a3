public import Riposte

/// One argument of a command: as it is written, or the value that a dotted path finds in the context, `{{ ip }}`.
///
/// A value is an argument of its own: it is never part of another one, and never read by a shell.
public struct CommandArgument: Sendable, Hashable {
    private let template: ArgumentTemplate

    /// - Throws: ``CommandError`` where `{{` stands beside other text.
    public init(_ text: String) throws(CommandError) {
        guard let template = ArgumentTemplate(text) else { throw CommandError(ArgumentTemplate.refusal(of: text)) }
        self.template = template
    }

    /// The text of it. A value that starts with `-` could be taken for an option, and one with a NUL would be cut short: both
    /// are refused.
    func text(in context: JSONValue) throws(CommandError) -> String {
        switch template {
        case .literal(let text): return text
        case .value(let path): return try Self.text(at: path, in: context)
        }
    }

    private static func text(at path: String, in context: JSONValue) throws(CommandError) -> String {
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
