/// One parameter of an action: its name, what it accepts and how it reads. The same value decodes the playbook, checks
/// it at load and is printed by `riposte action show`.
public struct Parameter<Value: Sendable>: Sendable {
    /// As playbooks write it: `duration_minutes`.
    public let name: String
    /// `text`, `minutes`, `duration`, `true or false` …
    public let type: String
    /// One sentence for who writes a playbook.
    public let summary: String
    /// Whether a step without it is refused when its playbook is loaded.
    public let isRequired: Bool
    /// The default as it would be written.
    public let defaultText: String?
    let decode: @Sendable (JSONValue) throws(ParameterError) -> Value
    let defaultValue: Value?

    /// Creates a parameter with a type of your own; those that are common are functions of this type.
    ///
    /// - Parameters:
    ///   - type: what is accepted, in words for people.
    ///   - defaultText: the default as it would be written in a playbook.
    ///   - decode: gives the value, or throws a ``ParameterError`` that says what must be written.
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
    /// As playbooks write it.
    public let name: String
    /// What is accepted, in words for people.
    public let type: String
    /// One sentence for who writes a playbook.
    public let summary: String
    /// Whether a step without it is refused when its playbook is loaded.
    public let isRequired: Bool
    /// The default as it would be written; `nil` = none, or none that can be shown.
    public let defaultText: String?
    /// Throws where a value would not be accepted.
    public let check: @Sendable (JSONValue) throws(ParameterError) -> Void
}

/// Why a value was not accepted: `must be a whole number of minutes, 1 or more; got text`.
public struct ParameterError: Error, Hashable, CustomStringConvertible {
    public let description: String
    /// - Parameter description: what must be written and what was, without the parameter's name: that is put before it.
    public init(_ description: String) { self.description = description }
}
