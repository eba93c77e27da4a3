/// Makes the password stop working, and writes to the user how to set a new one.
public struct ForcePasswordReset: ReversibleAction, ProbingAction {
    public let name: ActionName = .forcePasswordReset
    public let targetKind: Target.Kind? = .user
    private let accounts: AccountDirectories
    private let mailer: (any Mailer)?
    private let mails: SentMails

    /// - Parameters:
    ///   - mailer: writes to the user; `nil` = nobody does, and the result says so.
    ///   - store: says what has gone out already.
    public init(accounts: AccountDirectories, mailer: (any Mailer)? = nil, store: any IncidentStore) {
        self.accounts = accounts
        self.mailer = mailer
        mails = SentMails(store: store)
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Makes the password stop working until a new one is set.",
            discussion: """
                The old password stops working at once; it holds until the user has set a new one, or somebody takes it back. One mail \
                with a link goes out for each incident and user, however often the step is tried.
                """,
            reads: ["user"], writes: ["password_reset_required", "reset_mail_sent"],
            undo: "lets the old password work again; a mail that went out stays", example: "{action: force_password_reset}")
    }

    public func explicitTarget(_ parameters: AccountParameters) -> Target? { parameters.target }

    public func effects(_ parameters: AccountParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        [try await accounts.plan(try context.requireUser(), .passwordReset, until: nil, after: context.effects.first)]
    }

    public func execute(_ parameters: AccountParameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("nothing was planned") }
        let user = effect.target.value
        var result = try await accounts.restrict(effect).result(
            "required to set a new password", effect, "until that is done", caveat: accounts.caveat(.passwordReset),
            context: ["password_reset_required": user, "reset_mail_sent": false])
        guard result.success else { return result }
        guard let mailer else {
            result.message += "; nobody writes to the user: no mailer is set up"
            return result
        }
        let outcome = try await mails.send(
            .passwordReset(AccountIncident(context)), to: user, key: Self.mailKey(context, user),
            mark: ["password_reset_required": .string(user), "reset_mail_sent": true], through: mailer)
        switch outcome {
        case .sent, .alreadySent: result.context["reset_mail_sent"] = true
        case .cannot(let why, let kind): return .failure("\(result.message); the mail could not be sent: \(why)", kind: kind)
        }
        return result
    }

    public func preview(_ parameters: AccountParameters, in context: ResponseContext) async throws -> ActionResult {
        let user = try context.requireUser()
        return .success("\(user) would have to set a new password", context: ["password_reset_required": user])
    }

    public func undo(_ effect: Effect) async throws -> ActionResult {
        try await accounts.lift(effect).undoResult("required to set a new password no longer", effect)
    }

    public func probe(_ effect: Effect) async throws -> Probe { try await accounts.probe(effect) }

    /// One mail for each incident and user.
    private static func mailKey(_ context: ResponseContext, _ user: String) -> String { "\(context.incidentID):password_reset:\(user)" }
}
