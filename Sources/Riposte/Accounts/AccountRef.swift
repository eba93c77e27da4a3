/// A host's user, as an action sees it: the id, and the attributes that the host declared.
public struct AccountRef: Sendable, Hashable, ContextValue {
    /// The account's id, as events name it in ``Event/user``. Never empty where it was read from a context.
    public var id: String
    /// What the host tells of the account. Only those listed in ``IncidentResponder/Configuration/accountAttributes`` are stored
    /// with a run.
    public var attributes: [String: JSONValue]

    /// Creates a reference; nobody is asked whether there is such an account.
    public init(id: String, attributes: [String: JSONValue] = [:]) {
        self.id = id
        self.attributes = attributes
    }

    /// A map with `id` and the attributes.
    public var contextValue: JSONValue { .object(attributes.merging(["id": .string(id)]) { _, id in id }) }

    /// Reads a map with an `id`, or text that is the id.
    public init?(_ json: JSONValue) {
        switch json {
        case .string(let id) where !id.isEmpty: self.init(id: id)
        case .object(var members):
            guard case .string(let id)? = members.removeValue(forKey: "id"), !id.isEmpty else { return nil }
            self.init(id: id, attributes: members)
        default: return nil
        }
    }
}

/// A host's own user type that can stand in a context: `["user": alice]`.
public protocol AccountRefConvertible: ContextValue {
    /// The id and the attributes that actions may see. Read once, when the context comes in.
    var accountRef: AccountRef { get }
}

extension AccountRefConvertible {
    /// The ``accountRef`` as a map.
    public var contextValue: JSONValue { accountRef.contextValue }
}
