/// Whom an action on accounts is about, and nothing else.
public struct AccountParameters: ActionParameters {
    static let user = Parameter.text("user", "The account, where it is not the run's.")
    public static let schema = [user.description]
    var user: String?

    public init(_ values: ParameterValues) throws { user = try values.optional(Self.user) }

    /// `nil` = the run's.
    var target: Target? { user.map(Target.user) }
}
