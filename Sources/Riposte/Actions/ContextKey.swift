/// A typed name in a context: `context[.user]`.
public struct ContextKey<Value>: Sendable {
    /// The name it has in the JSON tree and in playbooks.
    public let name: String
    let read: @Sendable (JSONValue) -> Value?

    /// Creates a key of your own.
    ///
    /// - Parameter read: `nil` for a value of another shape; then ``ResponseContext/require(_:)`` says that it is missing.
    public init(_ name: String, read: @escaping @Sendable (JSONValue) -> Value?) {
        self.name = name
        self.read = read
    }
}

extension ContextKey where Value == AccountRef {
    /// The account a step is about, as the host gave it.
    public static var user: ContextKey { ContextKey("user", read: { AccountRef($0) }) }
}

extension ContextKey where Value == AddressRange {
    /// The address or network a step is about.
    public static var ip: ContextKey { ContextKey("ip", read: { $0.string.flatMap { AddressRange($0) } }) }
}

extension ContextKey where Value == String {
    /// The session a step is about, by its name.
    public static var session: ContextKey { ContextKey("session", read: { $0.string }) }
    /// Text under any name.
    public static func text(_ name: String) -> ContextKey { ContextKey(name, read: { $0.string }) }
}

/// A piece of context that an action needs and the run does not have. Thrown, it is recorded as a failure that names it.
public struct MissingContext: Error, Hashable, CustomStringConvertible {
    /// The name under which nothing usable was found.
    public let key: String
    /// - Parameter key: as the message quotes it.
    public init(_ key: String) { self.key = key }
    public var description: String { "the context has no usable “\(key)”" }
}
