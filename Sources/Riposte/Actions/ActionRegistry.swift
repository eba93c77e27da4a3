/// The actions there are, by name. A value: the responder holds the current one.
public struct ActionRegistry: Sendable {
    private var actions: [ActionName: RegisteredAction] = [:]

    /// Creates a registry without any action.
    public init() {}

    /// Creates a registry of these actions.
    ///
    /// - Throws: ``DuplicateAction`` where two have one name.
    public init(_ actions: [any ResponseAction]) throws {
        for action in actions { try register(RegisteredAction(action)) }
    }

    /// Adds an action; a name that is taken is an error, because a playbook would silently get the other one.
    public mutating func register(_ action: RegisteredAction) throws {
        guard actions.updateValue(action, forKey: action.name) == nil else { throw DuplicateAction(name: action.name) }
    }

    /// The action that playbooks mean by `name`; `nil` where there is none.
    public subscript(name: ActionName) -> RegisteredAction? { actions[name] }

    /// All, by name.
    public var all: [RegisteredAction] { actions.values.sorted { $0.name < $1.name } }
    /// The names there are, in order.
    public var names: [String] { actions.keys.map(\.rawValue).sorted() }
}

/// Two actions with one name.
public struct DuplicateAction: Error, Hashable, CustomStringConvertible {
    /// The name that both have.
    public let name: ActionName
    public var description: String { "an action named “\(name)” is registered already" }
}
