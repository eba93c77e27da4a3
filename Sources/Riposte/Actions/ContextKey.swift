/// A typed name in a context: `context[.user]`.
public struct ContextKey<Value>: Sendable {
    public let name: String
    let read: @Sendable (JSONValue) -> Value?

    public init(_ name: String, read: @escaping @Sendable (JSONValue) -> Value?) {
        self.name = name
        self.read = read
    }
}

extension ContextKey where Value == AccountRef {
    public static var user: ContextKey { ContextKey("user", read: { AccountRef($0) }) }
}

extension ContextKey where Value == AddressRange {
    /// The address or network a step is about.
    public static var ip: ContextKey { ContextKey("ip", read: { $0.string.flatMap { AddressRange($0) } }) }
}

extension ContextKey where Value == String {
    public static var session: ContextKey { ContextKey("session", read: { $0.string }) }
    /// Text under any name.
    public static func text(_ name: String) -> ContextKey { ContextKey(name, read: { $0.string }) }
}

/// A piece of context that an action needs and the run does not have. Thrown, it is recorded as a failure that names it.
public struct MissingContext: Error, Hashable, CustomStringConvertible {
    public let key: String
    public init(_ key: String) { self.key = key }
    public var description: String { "the context has no usable “\(key)”" }
}
