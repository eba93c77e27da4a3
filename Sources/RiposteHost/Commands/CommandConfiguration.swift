/// A program that playbooks may run, as the settings name it.
public struct CommandConfiguration: Sendable, Hashable {
    /// An absolute path. No search path, no shell.
    public var program: String
    public var arguments: [CommandArgument]
    /// What it finds in its environment beside `PATH`, `LANG` and what Riposte says of the run.
    public var environment: [String: String]
    /// As whom it runs; `nil` = as Riposte itself. Another user takes root.
    public var user: String?
    public var timeout: Duration
    /// The exit status that says that it was so already; `nil` = none does.
    public var unchangedStatus: Int?

    public init(
        program: String, arguments: [CommandArgument] = [], environment: [String: String] = [:], user: String? = nil,
        timeout: Duration = .seconds(10), unchangedStatus: Int? = nil
    ) throws(CommandError) {
        guard program.hasPrefix("/"), !program.utf8.contains(0) else {
            throw CommandError("“\(program)” must be an absolute path")
        }
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.user = user
        self.timeout = timeout
        self.unchangedStatus = unchangedStatus
    }
}
