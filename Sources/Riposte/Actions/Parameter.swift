/// One parameter of an action: its name, what it accepts and how it reads. The same value decodes the playbook, checks
/// it at load and is printed by `riposte action show`.
public struct Parameter<Value: Sendable>: Sendable {
    public let name: String
    /// `text`, `minutes`, `duration`, `true or false` …
    public let type: String
    public let summary: String
    public let isRequired: Bool
    /// The default as it would be written.
    public let defaultText: String?
    let decode: @Sendable (JSONValue) throws(ParameterError) -> Value
    let defaultValue: Value?

    public init(
        _ name: String, type: String, default defaultValue: Value? = nil, defaultText: String? = nil, isRequired: Bool = false,
        _ summary: String, decode: @escaping @Sendable (JSONValue) throws(ParameterError) -> Value
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.isRequired = isRequired
        self.defaultText = defaultText
        self.decode = decode
        self.defaultValue = defaultValue
    }

    /// The parameter without its type of value.
    public var description: ParameterDescription {
        let decode = self.decode
        return ParameterDescription(
            name: name, type: type, summary: summary, isRequired: isRequired, defaultText: defaultText,
            check: { (value) throws(ParameterError) in _ = try decode(value) })
    }
}

/// A parameter as it is printed and checked.
public struct ParameterDescription: Sendable {
    public let name: String
    public let type: String
    public let summary: String
    public let isRequired: Bool
    public let defaultText: String?
    /// Throws where a value would not be accepted.
    public let check: @Sendable (JSONValue) throws(ParameterError) -> Void
}

/// Why a value was not accepted: `must be a whole number of minutes, 1 or more; got text`.
public struct ParameterError: Error, Hashable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
