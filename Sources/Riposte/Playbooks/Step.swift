/// One line of a playbook: an action with its parameters, and how to treat failure.
public struct Step: Sendable, Hashable {
    /// Unique inside the playbook; the action's name where nothing is said, with `-2`, `-3` … for later ones.
    public var id: String
    /// Which action is carried out; checked when the responder starts.
    public var action: ActionName
    /// What the action is told; checked against its schema when the responder starts.
    public var parameters: [String: JSONValue]
    /// `nil` = the playbook's.
    public var onError: FailurePolicy?
    /// How often a failed attempt is made again.
    public var retry: RetryPolicy
    /// How long one attempt may take before it is abandoned.
    public var timeout: Duration
    /// How long it lasts on a target that it has been answered on before; `nil` = always as the parameters say.
    public var escalation: Escalation?
    /// How long after its success it is looked whether it is in force; `nil` = not at all.
    public var verify: Duration?

    /// Set where people are asked before this step is carried out, even in a playbook that otherwise acts; what it leaves
    /// open is the playbook's.
    public var approval: ApprovalPolicy?

    /// Creates a step; only the action must be said.
    public init(
        _ action: ActionName, id: String? = nil, parameters: [String: JSONValue] = [:], onError: FailurePolicy? = nil,
        retry: RetryPolicy = .standard, timeout: Duration = .seconds(30), escalation: Escalation? = nil, verify: Duration? = nil,
        approval: ApprovalPolicy? = nil
    ) {
        self.id = id ?? action.rawValue
        self.action = action
        self.parameters = parameters
        self.onError = onError
        self.retry = retry
        self.timeout = timeout
        self.escalation = escalation
        self.verify = verify
        self.approval = approval
    }

    /// `id`, or `id-2`, `id-3` … where that is taken; takes what it returns.
    static func uniqueID(_ id: String, among taken: inout Set<String>) -> String {
        var unique = id
        var count = 1
        while !taken.insert(unique).inserted {
            count += 1
            unique = "\(id)-\(count)"
        }
        return unique
    }
}
