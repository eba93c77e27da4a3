/// Blocks an account for a while: nobody signs in, and nothing is answered to those who are.
public struct BlockUser: ReversibleAction, ProbingAction {
    public let name: ActionName = .blockUser
    public let targetKind: Target.Kind? = .user
    private let work: KeepOut

    /// - Parameter store: where earlier locks and blocks are looked up, so that an attacker cannot keep a user out day and night.
    public init(accounts: AccountDirectories, store: any IncidentStore) {
        work = KeepOut(action: .blockUser, restriction: .block, words: ("blocked", "unblocked"), accounts: accounts, store: store)
    }

    public struct Parameters: ActionParameters {
        public static let schema = KeepOut.Parameters.described(default: .minutes(60))
        let values: KeepOut.Parameters
        public init(_ values: ParameterValues) throws { self.values = try KeepOut.Parameters(values, default: .minutes(60)) }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Blocks a user for a while.",
            discussion: """
                Where a lock keeps people from signing in, a block also ends what those who are signed in can do. It is cut to 30 \
                minutes in 24 hours like a lock unless the attacker got in, and both count together. Protected accounts are refused.
                """,
            reads: ["user"], writes: ["blocked_user", "blocked_until", "block_enforced"], undo: "unblocks the user",
            example: "{action: block_user, duration_minutes: 60}")
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
