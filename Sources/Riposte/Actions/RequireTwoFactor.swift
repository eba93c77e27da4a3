/// Asks for a second factor at the next sign-in, or for one to be set up.
public struct RequireTwoFactor: ReversibleAction, ProbingAction {
    public let name: ActionName
    public let targetKind: Target.Kind? = .user
    private let accounts: AccountDirectories

    /// - Parameter name: playbooks know it under ``ActionName/requireTwoFactor`` and ``ActionName/require2FA``.
    public init(_ name: ActionName = .requireTwoFactor, accounts: AccountDirectories) {
        self.name = name
        self.accounts = accounts
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Asks the user for a second factor at the next sign-in.",
            discussion: """
                Holds until the user has passed or set up a second factor, or somebody takes it back: nobody is safer after an hour. \
                It locks nobody out, so it is what to do about an account whose name an attacker merely knows. Where an account has \
                no second factor yet and the host lets anybody set one up who has the password, an attacker who has it may be first: \
                the host has to ask for more, such as a mailed link; else require a new password.
                """,
            reads: ["user"], writes: ["two_factor_required"], undo: "asks for it no longer", example: "{action: \(name)}")
    }

    public func explicitTarget(_ parameters: AccountParameters) -> Target? { parameters.target }

    public func effects(_ parameters: AccountParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        [try await accounts.plan(try context.requireUser(), .secondFactor, until: nil, after: context.effects.first)]
    }

    public func execute(_ parameters: AccountParameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("nothing was planned") }
        return try await accounts.restrict(effect).result(
            "required to use a second factor", effect, "until that is done", caveat: accounts.caveat(.secondFactor),
            context: ["two_factor_required": effect.target.value])
    }

    public func preview(_ parameters: AccountParameters, in context: ResponseContext) async throws -> ActionResult {
        let user = try context.requireUser()
        return .success("\(user) would have to use a second factor", context: ["two_factor_required": user])
    }

    public func undo(_ effect: Effect) async throws -> ActionResult {
        try await accounts.lift(effect).undoResult("asked for a second factor no longer", effect)
    }

    public func probe(_ effect: Effect) async throws -> Probe { try await accounts.probe(effect) }
}
