/// Locks an account for a while: nobody signs in.
public struct LockAccount: ReversibleAction, ProbingAction {
    public let name: ActionName = .lockAccount
    public let targetKind: Target.Kind? = .user
    private let work: KeepOut

    /// - Parameter store: where earlier locks are looked up, so that an attacker cannot lock a user out day and night.
    public init(accounts: AccountDirectories, store: any IncidentStore) {
        work = KeepOut(action: .lockAccount, restriction: .lock, words: ("locked", "unlocked"), accounts: accounts, store: store)
    }

    public struct Parameters: ActionParameters {
        public static let schema = KeepOut.Parameters.described(default: .minutes(30))
        let values: KeepOut.Parameters
        public init(_ values: ParameterValues) throws { self.values = try KeepOut.Parameters(values, default: .minutes(30)) }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Locks an account for a while.",
            discussion: """
                Locking is a weapon in an attacker's hand too: a few wrong passwords lock anyone. So only accounts that exist and \
                were hammered become targets, and unless the attacker got in, a user is locked for at most 30 minutes in 24 hours: \
                a longer lock is cut to what is left, and none left is a failure. Attempts while locked do not extend it. \
                Protected accounts are refused.
                """,
            reads: ["user"], writes: ["locked_account", "locked_until", "lock_enforced"], undo: "unlocks the account",
            example: "{action: lock_account, duration_minutes: 30}")
    }

    public func explicitTarget(_ parameters: Parameters) -> Target? { parameters.values.account.target }

    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        try await work.effects(parameters.values.length, in: context)
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        try await work.execute(in: context)
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        try await work.preview(parameters.values.length, in: context)
    }

    public func undo(_ effect: Effect) async throws -> ActionResult { try await work.undo(effect) }
    public func probe(_ effect: Effect) async throws -> Probe { try await work.accounts.probe(effect) }
}
