/// A secret that has been read. It shows itself as `<redacted>` however it is printed, dumped, logged or encoded; whoever
/// needs the text asks for ``revealed`` where it is used.
public struct SecretValue: Sendable {
    /// The text itself. Never put it in a message, a log or a record.
    public let revealed: String

    /// Wraps a text that must not be shown.
    public init(_ text: String) { revealed = text }
}

extension SecretValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SecretValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Why a secret could not be read. Names the place, never the value.
public struct SecretError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the secret was to be read.
    public let secret: Secret
    /// What stood in the way, in words that follow “the secret …”.
    public let reason: String

    init(_ secret: Secret, _ reason: String) {
        self.secret = secret
        self.reason = reason
    }

    public var description: String { "the secret \(secret) \(reason)" }
}
