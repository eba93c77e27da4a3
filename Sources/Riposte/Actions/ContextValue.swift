/// What can be put into a context.
public protocol ContextValue: Sendable {
    /// The value as JSON: what is stored with the run and what later steps read. Never a secret.
    var contextValue: JSONValue { get }
}

extension JSONValue: ContextValue { public var contextValue: JSONValue { self } }
extension String: ContextValue { public var contextValue: JSONValue { .string(self) } }
extension Int: ContextValue { public var contextValue: JSONValue { .int(Int64(self)) } }
extension Bool: ContextValue { public var contextValue: JSONValue { .bool(self) } }
extension Double: ContextValue { public var contextValue: JSONValue { .double(self) } }
extension Timestamp: ContextValue { public var contextValue: JSONValue { .string(description) } }
extension IPAddress: ContextValue { public var contextValue: JSONValue { .string(description) } }
extension AddressRange: ContextValue { public var contextValue: JSONValue { .string(description) } }
extension Array: ContextValue where Element: ContextValue { public var contextValue: JSONValue { .array(map(\.contextValue)) } }
extension Dictionary: ContextValue where Key == String, Value: ContextValue {
    public var contextValue: JSONValue { .object(mapValues(\.contextValue)) }
}
