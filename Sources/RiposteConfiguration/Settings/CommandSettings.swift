/// A program that playbooks may run under a name.
public struct CommandSettings: Sendable, Hashable {
    /// The program's absolute path, then its arguments; a value of the context stands as an argument of its own, `{{ ip }}`.
    public var command: [String]
    public var environment: [String: String]
    /// `nil` = as Riposte itself.
    public var user: String?
    public var timeout: Duration
    /// The exit status that says that it was so already.
    public var unchangedStatus: Int?

    public init(
        command: [String], environment: [String: String] = [:], user: String? = nil, timeout: Duration = .seconds(10),
        unchangedStatus: Int? = nil
    ) {
        self.command = command
        self.environment = environment
        self.user = user
        self.timeout = timeout
        self.unchangedStatus = unchangedStatus
    }
}
